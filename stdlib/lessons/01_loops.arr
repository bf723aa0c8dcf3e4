#: lesson From loops to whole arrays
#: about  Why one line over a whole array beats a loop over its elements.

## A loop over an array does two kinds of work: the arithmetic you
## asked for, and the bookkeeping around it.

prices = np.array([3.0, 5.5, 2.25, 8.0])
prices * 2
#> [ 6.  11.   4.5 16. ]

#: exercise double
## Double every element of `x`, without a loop.
#: setup
x = np.array([1, 2, 3])
#: also
x = np.array([-1.5, 0.0])
#: limit no loop
#: limit arrays <= 1
#: hint Arithmetic goes over whole arrays: `prices * 2` above.
#: answer
x * 2
#: wrong loop
# [v * 2 for v in x]
#: wrong not equal
# x + 2
#: wrong dtype float64, wanted int64
# x * 2.0
#: end
