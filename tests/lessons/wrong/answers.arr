#: lesson Answers that are not what they should be

1 + 1
#> 3

#: exercise model
## The model answer loops.
#: setup
x = np.arange(3)
#: limit no loop
#: answer
[v + 1 for v in x]
#: wrong not equal
# x + 1
#: end

#: exercise reason
## Another reason.
#: setup
x = np.arange(3)
#: answer
x + 1
#: wrong a loop
# x + 2
#: end

#: exercise inputs
## The other inputs cannot be made.
#: setup
x = np.arange(3)
#: also
x = nosuch
#: answer
x
#: end
