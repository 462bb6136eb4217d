printf '[Matching Patterns]\nTo = a\001b\nFrom = \377\nSubject = one\rtwo\nX-Nul = \000\nX-Over = \300\200\nX-C1 = \302\205\nX-Good = \303\244\t\360\237\230\200\n'
printf 'X-Long = '; head -c 70000 /dev/zero | tr '\0' x; echo
printf '[Deploy Patterns]\nX-\303\204 = \303\244 # tab\there\n$action = 99\n'
