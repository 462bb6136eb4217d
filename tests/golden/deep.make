# A line that needs more of the stack than there is; it takes 16 arguments on each of five levels.
echo '[Matching Patterns]'
i=0; while [ $i -lt 5 ]; do printf '$math.max(1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,'; i=$((i+1)); done
echo '16))))) = .'
i=0; while [ $i -lt 4 ]; do printf '$math.max(1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,'; i=$((i+1)); done
echo '16)))) = .'
