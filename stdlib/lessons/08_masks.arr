#: lesson Masks and where
#: about  Conditions over whole arrays: choosing, counting, replacing.

## An `if` decides for one value. For an array, a comparison decides for every element at once;
## the result is an array of truth values, a mask.

t = np.array([12.5, -3.0, 7.0, 25.0, -0.5, 31.0])
t < 0
#> [False  True False False  True False]

## A mask between brackets picks the elements where it is true. In a sum, true counts as 1, so the
## mean of a mask is a share.

t[t < 0]
#> [-3.  -0.5]

(t > 20).sum(), (t > 20).mean()
#> (np.int64(2), np.float64(0.3333333333333333))

## Masks are combined with `&` (and), `|` (or), `~` (not). They bind more tightly than
## comparisons: write the brackets. (Or chain the comparison, as on paper.)

(t < 0) | (t > 30)
#> [False  True False False  True  True]

t[0 <= t <= 25]
#> [12.5  7.  25. ]

## Assigning through a mask changes only those elements. It is the loop with an `if` in it.

u = t.copy()
u[u < 0] = 0
u
#> [12.5  0.   7.  25.   0.  31. ]

## `np.where(condition, a, b)` builds a new array, of `a` where the condition holds and of `b`
## elsewhere. All three broadcast.

np.where(t < 0, -t, t)
#> [12.5  3.   7.  25.   0.5 31. ]

np.where(t > 20, 1, 0)
#> [0 0 0 1 0 1]

## With the condition alone, `where` gives the places. So does `flatnonzero`, for one axis.

np.flatnonzero(t < 0)
#> [1 4]

## `where` chooses, it does not guard: both sides are computed in full. The logarithm of a
## negative number is computed here as well, and warned about, before it is left out:

np.where(t > 0, np.log(t), 0.0).round(2)
#> [2.53 0.   1.95 3.22 0.   3.43]
#> RuntimeWarning: invalid value encountered in log

## To compute only where it is allowed, index first:

safe = np.zeros_like(t)
safe[t > 0] = np.log(t[t > 0])
safe.round(2)
#> [2.53 0.   1.95 3.22 0.   3.43]

## For more than two cases there is `np.select`: conditions in order, a value for each, and a
## default.

np.select([t < 0, t < 20], [-1, 0], default=1)
#> [ 0 -1  0  1 -1  1]

#: exercise positive
## The sum of the positive elements of `x`.
#: setup
x = np.array([1.0, -2.0, 3.5, -0.5])
#: also
x = np.array([-1.0, -2.0])
#: limit no loop
#: hint Pick them with a mask, then add.
#: answer
x[x > 0].sum()
#: wrong not equal
# x.sum()
#: wrong a loop
# sum(v for v in x if v > 0)
#: end

#: exercise between
## How many elements of `x` lie strictly between 1 and 5?
#: setup
x = np.array([0, 1, 2, 3, 5, 8, 4])
#: also
x = np.zeros(3)
#: limit no loop
#: hint A mask may be summed, or counted with `np.count_nonzero`.
#: answer
np.count_nonzero((x > 1) & (x < 5))
#: wrong not equal
# np.count_nonzero((x >= 1) & (x <= 5))
#: end

#: exercise clean
## Measurements below zero are mistakes. Set them to `nan` in `x`, where it stands.
#: setup
x = np.array([1.0, -1.0, 2.0, -7.0])
#: also
x = np.array([[-1.0, 0.0], [3.0, 4.0]])
#: gives x
#: limit no loop
#: limit in place x
#: hint Assign through a mask.
#: answer
x[x < 0] = nan
#: wrong x is another array now
# x = np.where(x < 0, nan, x)
#: wrong not equal
# x[x <= 0] = nan
#: end

#: exercise collatz
## One step of a famous puzzle: even numbers are halved, odd numbers become three times themselves
## plus 1. Write `step(n)` for an array of integers, with integers as its result.
#: setup
n = np.array([1, 2, 7, 10, 27])
#: also
n = np.arange(6).reshape(2, 3)
#: gives step(n)
#: limit no loop
#: hint `n % 2 == 0` is the mask of the even ones.
#: hint `//` divides integers into integers.
#: answer
fn step(n) = np.where(n % 2 == 0, n // 2, 3 * n + 1)
#: wrong dtype float64, wanted int64
# fn step(n) = np.where(n % 2 == 0, n / 2, 3 * n + 1)
#: wrong a loop
# fn step(n) = np.array([v // 2 if v % 2 == 0 else 3 * v + 1 for v in n])
#: end

#: exercise divide
## Write `ratio(a, b)`: `a / b`, and 0 where `b` is 0, without ever dividing by zero.
#: setup
a = np.array([1.0, 2.0, 3.0, 4.0]); b = np.array([2.0, 0.0, 4.0, 0.0])
#: also
a = np.zeros(2); b = np.zeros(2)
#: gives ratio(a, b)
#: limit no loop
#: limit forbids errstate
#: hint `where` would divide everywhere. Divide only the elements under a mask.
#: hint Or divide by something harmless in those places: `np.where(b == 0, 1, b)`.
#: hint Then the result of these places has to be made 0.
#: answer
fn ratio(a, b) {
    out = np.zeros_like(a)
    ok = b != 0
    out[ok] = a[ok] / b[ok]
    out
}
#: wrong not equal
# fn ratio(a, b) = a / np.where(b == 0, 1, b)
#: end
