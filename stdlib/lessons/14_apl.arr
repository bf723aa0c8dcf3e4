#: lesson APL notation
#: about  The same operations as glyphs, and functions made of functions.

## In 1962 Kenneth Iverson published a notation for algorithms, and it became a language, APL.
## NumPy's operations are its descendants; arr has the notation too. A glyph stands for an
## operation, so that a line can be read as a formula. Type a backslash, a name and Tab to get
## one: `\iota` is ⍳, `\rho` is ⍴. `?⍳` tells about it.

⍳ 6
#> [0 1 2 3 4 5]

2 3 ⍴ ⍳ 6
#> [[0 1 2]
#>  [3 4 5]]

## Numbers beside each other make a vector. A glyph function takes everything on its right, and on
## its left only the operand next to it; read from right to left: "2 3 reshape of iota 6".
##
## Many have one meaning with one argument and a related one with two.

⌽ 1 2 3 4
1 ⌽ 1 2 3 4
#> [4 3 2 1]
#> [2 3 4 1]

÷ 1 2 4
6 ÷ 1 2 4
#> [1.   0.5  0.25]
#> [6.  3.  1.5]

## A slash after a function reduces with it: `+/` is the sum, `×/` the product, `⌈/` the maximum.
## `⌿` goes along the first axis.

m = 2 3 ⍴ 3 1 4 1 5 9
+/ m
#> [ 8 15]

⌈⌿ m
#> [3 5 9]

## Comparisons give masks here as well, and `mask ⌿ x` picks. How many are greater than 3, and
## which?

v = 3 1 4 1 5 9 2 6
+/ v > 3
#> 4

(v > 3) ⌿ v
#> [4 5 9 6]

## Functions are made of functions. A dfn in braces has `⍵` for its right argument and `⍺` for its
## left. And a few functions in brackets are a train: `(+/ ÷ ≢)` is the sum, divided by, the
## count.

{⍵ × ⍵ + 1} 1 2 3
#> [ 2  5 10]

(+/ ÷ ≢) v
#> 3.875

mean = (+/ ÷ ≢)
mean(v)
#> 3.875

## Operators take functions and give functions: `¨` applies to each item, `⍨` swaps the arguments,
## `∘.×` is the outer product, `+.×` the inner product, which for matrices is `@`.

1 2 3 ∘.× 1 2 3 4
#> [[ 1  2  3  4]
#>  [ 2  4  6  8]
#>  [ 3  6  9 12]]

m +.× ⍉ m
#> [[ 26  44]
#>  [ 44 107]]

## `⍋` is the order that sorts, and `∪` the distinct values.

v[⍋ v], ∪ v
#> (array([1, 1, 2, 3, 4, 5, 6, 9]), array([3, 1, 4, 5, 9, 2, 6]))

## A famous line finds the primes below n as those numbers that occur in no product. `∊` asks, for
## each on the left, whether it occurs on the right:

r = 2 ↓ ⍳ 30
(~ r ∊ r ∘.× r) ⌿ r
#> [ 2  3  5  7 11 13 17 19 23 29]

## Short is not the aim. The aim is to see the structure at a glance; where words do that better,
## use words. Both may stand in one line.

#: exercise sumsquares
## The sum of the squares of the elements of `v`, with a reduction in APL's notation.
#: setup
v = 1 2 3 4
#: also
v = np.array([0.5])
#: limit no loop
#: limit uses +/, +.×
#: hint Reduce with `+/` what `v × v` gives.
#: answer
+/ v × v
#: wrong does not use +/ or +.×
# (v * v).sum()
#: wrong not equal
# +/ v
#: end

#: exercise table
## The addition table of 0 … n - 1: a matrix with i + j in row i and column j. Use an outer
## product.
#: setup
n = 4
#: also
n = 1
#: limit uses ∘.
#: hint `⍳ n` are the numbers.
#: hint `∘.+` between two copies of them.
#: answer
(⍳ n) ∘.+ (⍳ n)
#: wrong does not use ∘.
# np.arange(n)[:, None] + np.arange(n)
#: wrong not equal
# (⍳ n) ∘.× (⍳ n)
#: end

#: exercise range
## A train or a dfn `spread` that gives the difference between the largest and the smallest
## element.
#: setup
v = 3 1 4 1 5
#: also
v = np.array([2.5, 2.5])
#: gives spread(v)
#: limit uses ⌈/
#: limit uses ⌊/
#: hint As a train it has three parts: the maximum, minus, the minimum.
#: hint `spread = (⌈/ - ⌊/)`
#: answer
spread = (⌈/ - ⌊/)
#: wrong not equal
# spread = (⌈/ + ⌊/)
#: wrong does not use ⌈/
# fn spread(v) = v.max() - v.min()
#: end

#: exercise palindrome
## Is `v` the same forwards and backwards? One truth value; use `⌽`.
#: setup
v = 1 4 2 4 1
#: also
v = 1 2 3
#: limit no loop
#: limit uses ⌽
#: hint `v = ⌽ v` would assign; equality is `==`, and `≡` asks whether two arrays match as a
## whole.
#: answer
v ≡ ⌽ v
#: wrong shape (5,), wanted ()
# v == ⌽ v
#: wrong does not use ⌽
# np.array_equal(v, v[::-1])
#: end

#: exercise share
## A dfn `share`: the elements of its right argument as shares of their sum.
#: setup
v = 1 3 4
#: also
v = np.array([2.0, 2.0])
#: gives share(v)
#: limit uses ⍵
#: hint The sum is `+/ ⍵`; a glyph function takes everything on its right, so the division comes
## first in the line.
#: hint `{⍵ ÷ +/ ⍵}`
#: answer
share = {⍵ ÷ +/ ⍵}
#: wrong not equal
# share = {⍵ ÷ ≢ ⍵}
#: wrong does not use ⍵
# fn share(v) = v / v.sum()
#: end

## This was the last lesson of the course. A good next step: take a program of your own, find its
## slowest loop with a measurement, and say it as whole arrays.
