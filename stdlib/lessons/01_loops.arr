#: lesson From loops to whole arrays
#: about  Why one line over a whole array beats a loop over its elements.

## Four prices, and a tax of 20 percent on each. The way most of us learn to program is to visit
## the prices one by one:

prices = np.array([3.0, 5.5, 2.25, 8.0])

taxed = np.zeros(4)
for i in range(4) {
    taxed[i] = prices[i] * 1.2
}
taxed
#> [3.6 6.6 2.7 9.6]

## The multiplication is the work; everything else is bookkeeping: counting `i`, finding an
## element, checking that it is there, putting the result back. The interpreter does that
## bookkeeping once for every element.
##
## An array language lets you say the work alone. Arithmetic between an array and a number, or
## between two arrays of one shape, goes over all elements:

prices * 1.2
#> [3.6 6.6 2.7 9.6]

quantities = np.array([2, 1, 4, 3])
prices * quantities
#> [ 6.   5.5  9.  24. ]

## This is called vectorization. The loop is still there, but it runs inside the machine code of
## `*`, which knows that all elements have the same type and lie side by side in memory. There is
## one piece of bookkeeping for the whole array.
##
## Functions of one number work the same way; NumPy calls them ufuncs, universal functions.

angles = np.array([0.0, 0.5, 1.0]) * pi
np.sin(angles).round(3)
#> [0. 1. 0.]

np.sqrt(prices) + np.log(prices) / 2
#> [2.28135695 3.19758193 1.90546511 3.8681479 ]

## How much does it save? Here is the same sum of two arrays of 10,000 elements, once with a loop
## and once as a whole. Look at the units.

a = np.arange(10_000); b = a[::-1]
fn add(x, y) {
    out = np.zeros_like(x)
    for i in range(x.size) { out[i] = x[i] + y[i] }
    out
}

%timeit -r 3 add(a, b)
#> … per loop

%timeit -r 3 a + b
#> … per loop

## Some things that look as if they needed a loop are whole-array operations too. A matrix product
## is three nested loops when it is written out; `@` is one operation, and the one that computers
## have been tuned for longest.

m = np.array([[1, 2], [3, 4]])
m @ m
#> [[ 7 10]
#>  [15 22]]

#: exercise double
## Double every element of `x`, without a loop.
#: setup
x = np.array([1, 2, 3])
#: also
x = np.array([-1.5, 0.0])
#: limit no loop
#: limit arrays <= 1
#: hint Arithmetic goes over whole arrays: look at `prices * 1.2` above.
#: answer
x * 2
#: wrong a loop
# np.array([v * 2 for v in x])
#: wrong not equal
# x + 2
#: wrong dtype float64, wanted int64
# x * 2.0
#: end

#: exercise fahrenheit
## `c` holds temperatures in degrees Celsius. Write a function `fahrenheit(c)` that turns them
## into degrees Fahrenheit: nine fifths of `c`, plus 32.
#: setup
c = np.array([-40.0, 0.0, 36.6, 100.0])
#: also
c = np.array([[0.0, 10.0], [20.0, 30.0]])
#: gives fahrenheit(c)
#: limit no loop
#: hint A function of one expression is written `fn fahrenheit(c) = …`.
#: hint The formula reads as it does on paper: `c * 9 / 5 + 32`.
#: answer
fn fahrenheit(c) = c * 9 / 5 + 32
#: wrong a loop
# fn fahrenheit(c) = np.array([t * 9 / 5 + 32 for t in c])
#: wrong not equal
# fn fahrenheit(c) = (c + 32) * 9 / 5
#: end

#: exercise distance
## `px`, `py` and `qx`, `qy` are the coordinates of points p and q, four of each. Give the four
## distances between p and q, as one expression.
#: setup
px = np.array([0.0, 1.0, 2.0, 5.0]); py = np.array([0.0, 1.0, 0.0, 1.0])
qx = np.array([3.0, 1.0, 2.0, 2.0]); qy = np.array([4.0, 3.0, 0.5, 5.0])
#: also
px = np.zeros(2); py = np.zeros(2)
qx = np.array([6.0, 5.0]); qy = np.array([8.0, 12.0])
#: limit no loop
#: hint Pythagoras: the root of the sum of two squares.
#: hint `(px - qx) ** 2` squares all four differences at once.
#: answer
np.sqrt((px - qx) ** 2 + (py - qy) ** 2)
#: wrong not equal
# (px - qx) ** 2 + (py - qy) ** 2
#: wrong shape (), wanted (4,)
# np.sqrt(((px - qx) ** 2 + (py - qy) ** 2).sum())
#: end

#: exercise bill
## A bill lists the `prices` of articles and the `quantities` bought. Write a function
## `bill(prices, quantities)` that gives the total.
#: setup
prices = np.array([3.0, 5.5, 2.25, 8.0])
quantities = np.array([2, 1, 4, 3])
#: also
prices = np.zeros(0); quantities = np.zeros(0, dtype=int)
#: gives bill(prices, quantities)
#: limit no loop
#: hint First what each line of the bill costs, then the sum of it.
#: hint `.sum()` adds up an array; and the sum of products of two vectors is also what `@` gives.
#: answer
fn bill(prices, quantities) = prices @ quantities
#: wrong a loop
# fn bill(prices, quantities) = sum(p * q for p, q in zip(prices, quantities))
#: wrong error
# fn bill(prices, quantities) = prices[0] * quantities[0] + prices[1:] @ quantities[1:]
#: end

## What to take with you: say what is to be done with the whole array; leave the visiting of
## elements to it. And a loop is no sin: where each step needs the one before, or where there are
## ten elements, it is often the clearest way to write it.
