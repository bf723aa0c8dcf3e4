# Adding two arrays of a million elements: a loop over the elements, then the arrays at once.

size = 10**6
a = np.arange(size)
b = np.arange(size)

# One element at a time. The interpreter looks at every step of every iteration: which names,
# which types, which operation.
fn loop_add(x, y) {
    result = np.zeros(len(x), dtype=int)
    for i in range(len(x)) {
        result[i] = x[i] + y[i]
    }
    result
}

# The same, written as a comprehension over pairs.
fn pairs_add(x, y) = [p + q for p, q in zip(x, y)]

# All at once: one operation on two arrays, run by native code over contiguous memory.
fn array_add(x, y) = x + y

# They agree.
(loop_add(a, b) == array_add(a, b)).all()
(pairs_add(a, b) == array_add(a, b)).all()

print("A loop over the elements:")
%timeit -n 1 -r 1 loop_add(a, b)

print("\nA comprehension over pairs:")
%timeit -n 1 -r 1 pairs_add(a, b)

print("\nThe arrays at once:")
%timeit array_add(a, b)

# The same holds for every operation on elements, and for functions such as sin and log.
x = linspace(1, 2, 5)
x × x
x ÷ 3
x ** 2
np.sin(x)
np.log(x)
