#: lesson Measuring honestly
#: about  %timeit, what its numbers mean, and when not to optimize at all.

## You cannot improve what you do not measure, and guesses about speed are wrong more often than
## not. `%timeit` runs a line many times and prints the mean and the spread.

x = np.random.default_rng(1).random(100_000)

%timeit x * 2 + 1
#> … per loop

## It reads: this long for one loop, give or take the standard deviation, over so many runs of so
## many loops. A spread that is large beside the mean says that something else was going on;
## measure again before you believe it.
##
## To compare two ways, measure both under the same conditions. `%compare` takes turns between
## them, checks first that the results agree, and says how sure it is of the ratio.

%compare x * x vs x ** 2
#> … times

## For several lines, `%%timeit` takes the lines below it; what stands on its own line is a setup
## that is not measured. Here it makes sure that each batch sorts fresh numbers.

%%timeit -r 3 y = x.copy()
y.sort()
y[0]
#> … per loop

## Measure the size you care about. A small array costs bookkeeping, a large one arithmetic and
## memory; what wins at one size may lose at another.

tiny = x[:10]

%timeit -r 3 tiny * 2 + 1
#> … per loop

## `%time` runs once and is enough for anything that takes a second.

%time np.sort(x)[0]
#> … seconds

## And the other side: most code should not be optimized at all.
## - Readable first. Write what you mean; array code that says what it does is often fast already.
## - Find where the time goes (`%prof` and a call, or a file, tells it line by line). If a
## function takes 1 of 100 seconds, making it infinitely fast saves 1 percent.
## - Correct before fast. Keep the slow version, and compare the results on real and on odd
## inputs: empty arrays, NaN, negative numbers, large ones.
##
## The last point is one line. `array_equal` is for exact results, `allclose` for floats, whose
## last digits depend on the order of the additions.

slow = np.array([v * v for v in x[:1000]])
np.array_equal(slow, x[:1000] ** 2)
#> True

0.1 + 0.2 == 0.3, np.allclose(0.1 + 0.2, 0.3)
#> (False, True)

## If a tenth of the time is spent in a part and you make that part twice as fast, how much faster
## is the whole? This is Amdahl's law: with a share p of the time made s times faster, the whole
## becomes 1 / (1 - p + p/s) times faster.

p = 0.1; s = 2
1 / (1 - p + p / s)
#> 1.0526315789473684

#: exercise amdahl
## Write `speedup(p, s)`, for arrays of shares `p` and factors `s` as well as for numbers.
#: setup
p = np.array([0.1, 0.5, 0.9, 1.0]); s = 10
#: also
p = 0.5; s = np.array([1.0, 2.0, 1e9])
#: gives speedup(p, s)
#: limit no loop
#: hint The formula stands above; as a function of one expression it works for arrays unchanged.
#: answer
fn speedup(p, s) = 1 / (1 - p + p / s)
#: wrong not equal
# fn speedup(p, s) = s * p
#: end

#: exercise summary
## `runs` holds seconds for batches of `loops` loops. Give the time of one loop in the best batch,
## in microseconds.
#: setup
runs = np.array([0.21, 0.2, 0.25]); loops = 1000
#: also
runs = np.array([0.9, 0.8]); loops = 10
#: limit no loop
#: hint The best batch is the shortest.
#: hint Seconds times 1e6 are microseconds.
#: answer
runs.min() / loops * 1e6
#: wrong not equal
# runs.mean() / loops * 1e6
#: end

#: exercise noisy
## Write `noisy(runs)`: whether the standard deviation of `runs` is more than a tenth of their
## mean.
#: setup
runs = np.array([0.2, 0.21, 0.2, 0.35])
#: also
runs = np.array([0.2, 0.201, 0.199])
#: gives noisy(runs)
#: limit no loop
#: hint `.std()` and `.mean()`
#: answer
fn noisy(runs) = runs.std() > runs.mean() / 10
#: wrong not equal
# fn noisy(runs) = runs.std() > 10
#: end

#: exercise same
## `old` and `new` are results of two ways to compute the same. Write `agrees(old, new)`: whether
## they have one shape and equal values, up to rounding, with NaN equal to NaN.
#: setup
old = np.array([0.3, 1.0, nan]); new = np.array([0.1 + 0.2, 1.0, nan])
#: also
old = np.ones(3); new = np.ones((1, 3))
#: also
old = np.ones(3); new = np.array([1.0, 1.0, 1.1])
#: gives bool(agrees(old, new))
#: limit no loop
#: hint `np.allclose` broadcasts: compare the shapes first, with `and` between.
#: hint `equal_nan=True`
#: answer
fn agrees(old, new) = old.shape == new.shape and np.allclose(old, new, equal_nan=True)
#: wrong not equal
# fn agrees(old, new) = np.allclose(old, new, equal_nan=True)
#: wrong not equal
# fn agrees(old, new) = np.array_equal(old, new)
#: end

## Measure, change one thing, measure again. And write down the number: "faster" is not a result.
