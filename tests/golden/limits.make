# More parentheses than anybody reads, more groups than a rule has slots.
echo '[Matching Patterns]'
printf '$str.trim('; i=0; while [ $i -lt 40 ]; do printf '$str.trim('; i=$((i+1)); done
printf '"x"'; i=0; while [ $i -lt 41 ]; do printf ')'; i=$((i+1)); done; echo ' = x'
j=0; while [ $j -lt 3 ]; do
  printf 'To = '; i=0; while [ $i -lt 90 ]; do printf '(x)'; i=$((i+1)); done; echo
  j=$((j+1))
done
echo 'From = (a{200}){200}'
echo 'From = (a|b*)*'
echo '-----'
echo '[Matching Patterns]'
i=0; while [ $i -le 10000 ]; do echo 'To = x'; i=$((i+1)); done
