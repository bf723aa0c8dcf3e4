# Measure before you optimise: %timeit for a line, %%timeit for several, %time for a single run.

x = np.random.default_rng(1).random(100_000)

# %timeit repeats a statement: as often as a batch needs to last 0.2 seconds, seven times over.
print("x ** 2 and x × x:")
%timeit x ** 2
%timeit x × x

# -n sets the number of loops, -r that of the runs; --best gives the shortest only.
%timeit -n 100 -r 5 np.sqrt(x)
%timeit --best -n 100 -r 5 np.sqrt(x)

# %%timeit times the lines below it, up to a line that is just %%. What stands on its own line is
# the setup: it is run first, and not timed.
print("\nThe distance of each point to the origin, in three steps:")
%%timeit -n 20 -r 5 p = np.random.default_rng(2).random((10_000, 3))
squares = p ** 2
sums = squares.sum(axis=1)
np.sqrt(sums)
%%

# Names assigned in timed code do not leak.
print("\nNames before and after:")
y = 1
%timeit -n 10 -r 2 y = np.sum(x)
y

# Is the fast one right? Check before you choose.
slow = np.array([v × v for v in x[:1000]])
np.array_equal(slow, x[:1000] ** 2)
