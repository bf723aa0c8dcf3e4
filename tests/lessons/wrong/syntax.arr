#: lesson Syntax

(1 + 2

#: exercise one
## Add.
#: answer
x +* 1
#: end
