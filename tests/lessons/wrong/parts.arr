#: lesson Parts

#: exercise first
1 + 1
#: setup
x = 1
#: setup
x = 2
#: end

#: exercise second
## No value.
#: points none
#: limit no loops
#: gives
#: answer
y = 1
#: wrong not equal
2
#: end

#: exercise third
## Never ended.
