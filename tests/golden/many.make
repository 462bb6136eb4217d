echo '[Matching Patterns]'
i=0; while [ $i -lt 150 ]; do echo "\$no$i = x"; i=$((i+1)); done
