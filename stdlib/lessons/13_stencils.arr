#: lesson Stencils without loops
#: about  Shifted slices, windows, convolution, and grids.

## Many computations combine an element with its neighbours: differences, smoothing, diffusion,
## the game of life. The loop over `i - 1`, `i`, `i + 1` becomes shifted slices of the whole
## array: `x[:-1]` is everything but the last, `x[1:]` everything but the first, and side by side
## they are all pairs of neighbours.

x = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
x[1:] - x[:-1]
#> [1. 2. 4. 8.]

(x[:-2] + x[1:-1] + x[2:]) / 3
#> [2.33333333 4.66666667 9.33333333]

## Slices are views: no data is moved until the arithmetic. The result is shorter, since the
## borders lack a neighbour. What to do there is a decision that you should make, not the code:
## leave them out, pad, or go round.

np.pad(x, 1, mode="edge")
#> [ 1.  1.  2.  4.  8. 16. 16.]

np.roll(x, 1)
#> [16.  1.  2.  4.  8.]

## A stencil with fixed weights is a convolution. The weights turn round, as the definition has
## it; for symmetric ones that makes no difference.

np.convolve(x, [0.25, 0.5, 0.25], mode="valid")
#> [2.25 4.5  9.  ]

## For windows of any function, APL's notation has `n f/`: the function over each n neighbours.

3 +/ x
#> [ 7. 14. 28.]

2 ⌈/ np.array([3, 1, 4, 1, 5])
#> [3 4 4 5]

## In two dimensions there are four neighbours, and four shifted slices. One step of heat flow:
## the middle moves towards the mean of its neighbours.

g = np.zeros((5, 5)); g[2, 2] = 16.0
inner = g[1:-1, 1:-1]
around = g[:-2, 1:-1] + g[2:, 1:-1] + g[1:-1, :-2] + g[1:-1, 2:]
inner + 0.25 * (around - 4 * inner)
#> [[0. 4. 0.]
#>  [4. 0. 4.]
#>  [0. 4. 0.]]

## Note that `inner` is a view: `inner += …` would write into `g`. The right side is computed as a
## whole before anything is written, so no element sees a neighbour that is already new. In the
## loop version that is a classic mistake.

g[1:-1, 1:-1] += 0.25 * (around - 4 * inner)
g
#> [[0. 0. 0. 0. 0.]
#>  [0. 0. 4. 0. 0.]
#>  [0. 4. 0. 4. 0.]
#>  [0. 0. 4. 0. 0.]
#>  [0. 0. 0. 0. 0.]]

## If you need each window itself, index it: places as a column plus offsets as a row.

x[np.arange(3)[:, None] + np.arange(3)]
#> [[ 1.  2.  4.]
#>  [ 2.  4.  8.]
#>  [ 4.  8. 16.]]

#: exercise slope
## `y` holds a function at the points `t`, which are not evenly spaced. Give the slope between
## each two neighbouring points.
#: setup
t = np.array([0.0, 1.0, 3.0, 4.0]); y = np.array([0.0, 2.0, 2.0, 5.0])
#: also
t = np.array([1.0, 1.5]); y = np.array([3.0, 4.0])
#: limit no loop
#: hint The difference of `y` over the difference of `t`.
#: answer
(y[1:] - y[:-1]) / (t[1:] - t[:-1])
#: wrong not equal
# y[1:] - y[:-1]
#: end

#: exercise peaks
## The places of the peaks of `x`: elements larger than both neighbours. The ends are none.
#: setup
x = np.array([1, 5, 2, 2, 7, 3, 9])
#: also
x = np.array([3, 2, 1])
#: limit no loop
#: hint Compare `x[1:-1]` with `x[:-2]` and with `x[2:]`.
#: hint `np.flatnonzero` gives places in the shortened array: add 1.
#: answer
np.flatnonzero((x[1:-1] > x[:-2]) & (x[1:-1] > x[2:])) + 1
#: wrong not equal
# np.flatnonzero((x[1:-1] > x[:-2]) & (x[1:-1] > x[2:]))
#: wrong a loop
# np.array([i for i in range(1, len(x) - 1) if x[i-1] < x[i] > x[i+1]])
#: end

#: exercise smooth
## Write `smooth(x)`: each element becomes the mean of itself and its two neighbours; at the ends,
## an end counts as its own missing neighbour. The length stays.
#: setup
x = np.array([3.0, 0.0, 6.0, 3.0])
#: also
x = np.array([5.0])
#: gives smooth(x)
#: limit no loop
#: hint `np.pad(x, 1, mode="edge")` repeats the ends.
#: hint Then three shifted slices of the padded array.
#: answer
fn smooth(x) {
    p = np.pad(x, 1, mode="edge")
    (p[:-2] + p[1:-1] + p[2:]) / 3
}
#: wrong shape (2,), wanted (4,)
# fn smooth(x) = (x[:-2] + x[1:-1] + x[2:]) / 3
#: wrong not equal
# fn smooth(x) = np.convolve(x, np.ones(3) / 3, mode="full")[1:-1]
#: end

#: exercise neighbours
## Write `neighbours(g)`: for each cell of the 0/1 matrix `g`, how many of its up to eight
## neighbours are 1. Beyond the border there is nothing.
#: setup
g = np.array([[0, 1, 0], [0, 1, 1], [0, 0, 1]])
#: also
g = np.array([[1, 1], [0, 0], [1, 1]])
#: gives neighbours(g)
#: limit forbids while
#: hint Pad with zeros: `np.pad(g, 1)`. Now every cell has eight neighbours.
#: hint Each neighbour is a shifted slice of the padded array, as large as `g`.
#: hint `p[i:i + rows, j:j + columns]` for i and j of 0, 1, 2; the middle one is the cell itself.
## A loop over nine slices is a loop over nine, however large `g` is.
#: answer
fn neighbours(g) {
    p = np.pad(g, 1)
    rows, columns = g.shape
    around = -g
    for i in range(3) {
        for j in range(3) { around = around + p[i:i + rows, j:j + columns] }
    }
    around
}
#: wrong not equal
# fn neighbours(g) {
#     p = np.pad(g, 1)
#     p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:]
# }
#: end
