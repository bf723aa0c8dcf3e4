#: lesson Lab 1: sums without loops
#: about  What the tests grade by.

## A lab for a class.

np.arange(4) * 2
#> [0 2 4 6]

#: exercise double
## Double every element of `x`.
#: setup
x = np.array([1, 2, 3])
#: also
x = np.array([-1.5, 0.0])
#: limit no loop
#: hint Arithmetic goes over whole arrays.
#: answer
x * 2
#: wrong loop
# [v * 2 for v in x]
#: wrong not equal
# x + 2
#: wrong dtype float64, wanted int64
# x * 2.0
#: wrong shape (1, 3), wanted (3,)
# x[None] * 2
#: wrong error: name 'y' is not defined
# y * 2
#: end

#: exercise total
#: points 2
## Write a function `total(v)` that adds the squares of the elements of `v`.
#: setup
v = np.arange(5.0)
#: also
v = np.zeros(0)
#: gives total(v)
#: seconds 1
#: limit no loop
#: limit peak <= 100 B
#: limit forbids einsum
#: hint `v @ v` makes no array at all.
#: answer
fn total(v) = v @ v
#: wrong peak
# fn total(v) = (v[:, None] * v).trace()
#: wrong stopped after
# fn total(v) {
#     while True { v = v }
# }
#: wrong uses einsum (not allowed)
# fn total(v) = np.einsum("i,i", v, v)
#: end

#: exercise halve
## Halve `x` where it stands, without a second array.
#: setup
x = np.arange(4.0)
#: gives x
#: limit in place x
#: limit arrays <= 0
#: hint `/=` writes into its left side.
#: answer
x /= 2
#: wrong x is another array now
# x = x / 2
#: end

#: exercise every
## Every second element of `x`, without a copy.
#: setup
x = np.arange(6)
#: limit view of x
#: limit copies <= 0
#: limit uses ::2
#: hint A slice with a step.
#: answer
x[::2]
#: wrong a copy, not a view of x
# x[[0, 2, 4]]
#: wrong 1 copy (limit 0)
# x[[0, 2, 4]]
#: wrong does not use ::2
# x[slice(0, 6, 2)]
#: end
