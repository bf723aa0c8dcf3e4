#: lesson Built-ins instead of loops
#: about  The functions that are already there, and how to find them.

## Half of writing fast array code is knowing what is there already. Each of these is a loop in
## machine code, tuned by people who did little else that month. (In a tuple each number shows its
## type, as in NumPy 2.)

x = np.array([3.0, -1.0, 4.0, 1.0, -5.0, 9.0])
x.sum(), x.min(), x.max(), x.mean()
#> (np.float64(11.0), np.float64(-5.0), np.float64(9.0), np.float64(1.8333333333333333))

np.any(x < 0), np.all(x < 10), np.count_nonzero(x < 0)
#> (np.True_, np.True_, np.int64(2))

x.size, len(x), x.argmax()
#> (6, 6, np.int64(5))

## In Python, `sum(x)` on an array is a trap: it is Python's own loop over elements. In arr the
## bare names `sum`, `min`, `max`, `any`, `all`, `abs`, `round` are NumPy's, so both spellings are
## fast. Written by hand, the loop is as slow as ever:

big = np.arange(20_000)
fn slow_sum(v) {
    s = 0
    for e in v { s += e }
    s
}

%timeit -r 3 slow_sum(big)
#> … per loop

%timeit -r 3 np.sum(big)
#> … per loop

## Beyond sums there are functions for whole problems. A system of linear equations: 2x + y = 5
## and x + 3y = 10. `solve` is both faster and more accurate than multiplying by an inverse.

A = np.array([[2.0, 1.0], [1.0, 3.0]])
np.linalg.solve(A, np.array([5.0, 10.0]))
#> [1. 3.]

## A Fourier transform takes n log n steps where the sums of its definition take n². Here it finds
## the frequency, 3, that is hidden in eight samples.

t = np.arange(8) / 8
np.abs(np.fft.fft(np.sin(2 * pi * 3 * t))).round(6)
#> [0. 0. 0. 4. 0. 4. 0. 0.]

## A convolution slides one array along another: here, the sum of each two neighbours.

np.convolve([1, 2, 3, 4], [1, 1])
#> [1 3 5 7 4]

## And for data of any kind:

np.unique([3, 1, 3, 3, 2]), np.sort([3, 1, 2]), np.where([0, 7, 0, 7])
#> (array([1, 2, 3]), array([1, 2, 3]), (array([1, 3]),))

## To find a function, ask: `?name` shows its documentation and examples, the Tab key completes
## `np.`, and `%help` lists the rest.

?np.clip
#> …

#: exercise range
## By how much does the largest element of `x` exceed the smallest? One expression.
#: setup
x = np.array([3.0, -1.0, 4.0, 1.5])
#: also
x = np.array([[7.0, 7.0], [8.0, 2.0]])
#: limit no loop
#: hint The largest is `x.max()`.
#: hint `np.ptp(x)`, peak to peak, is a name of its own for it.
#: answer
x.max() - x.min()
#: wrong not equal
# x.max() + x.min()
#: end

#: exercise inside
## Are all elements of `x` between 0 and 1, both included? The answer is one truth value.
#: setup
x = np.array([0.0, 0.25, 1.0])
#: also
x = np.array([0.5, 1.25])
#: also
x = np.array([-0.5, 0.25])
#: limit no loop
#: hint Comparisons may be chained: `0 <= x <= 1` compares each element.
#: hint `np.all` makes one truth value of many.
#: answer
np.all(0 <= x <= 1)
#: wrong shape (3,), wanted ()
# 0 <= x <= 1
#: wrong not equal
# np.any(0 <= x <= 1)
#: end

#: exercise equations
## Solve the equations `A` times x = `b` for x.
#: setup
A = np.array([[3.0, 1.0, 0.0], [1.0, 4.0, 1.0], [0.0, 1.0, 5.0]])
b = np.array([4.0, 6.0, 6.0])
#: also
A = np.array([[0.0, 2.0], [1.0, 0.0]]); b = np.array([1.0, 3.0])
#: limit forbids inv
#: hint The name is in `np.linalg`.
#: answer
np.linalg.solve(A, b)
#: wrong uses inv (not allowed)
# np.linalg.inv(A) @ b
#: wrong not equal
# b @ A
#: end

#: exercise clip
## Write `limit(x, low, high)`: elements below `low` become `low`, those above `high` become
## `high`.
#: setup
x = np.array([-3.0, 0.5, 2.0, 7.0])
#: also
x = np.array([1.0, 2.0])
#: gives limit(x, 0.0, 2.0)
#: limit no loop
#: hint There is a function for exactly this; you have just read its documentation.
#: hint Without it: the minimum with `high`, then the maximum with `low`.
#: answer
fn limit(x, low, high) = np.clip(x, low, high)
#: wrong a loop
# fn limit(x, low, high) = np.array([low if v < low else high if v > high else v for v in x])
#: wrong not equal
# fn limit(x, low, high) = np.minimum(x, high)
#: end

## A rule of thumb: if a line of yours has a name in a textbook, look for the function of that
## name.
