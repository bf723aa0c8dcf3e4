# Summing ten million integers: by a loop, and by the built-in sum.

big_array = np.arange(10**7)

# One addition at a time, each through the interpreter.
fn loop_sum(v) {
    total = 0
    for x in v { total += x }
    total
}

loop_sum(big_array[:1000]) == np.sum(big_array[:1000])

print("The loop:")
%timeit -n 1 -r 1 loop_sum(big_array)

print("\nnp.sum():")
%timeit np.sum(big_array)

np.sum(big_array)

# The same holds for the others. In arr the short names are NumPy's own functions, so nothing is
# lost by writing them; +/ and ⌈/ are their glyphs.
small = 3 1 4 1 5 9 2 6
min(small), max(small), small.size, any(small > 8), all(small > 0)
+/ small
⌈/ small
