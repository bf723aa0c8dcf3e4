%timeit -n many 1 + 1
