# The matrix product: three loops, or one operator.

fn loop_matmul(a, b) {
    n, m = a.shape
    k = b.shape[1]
    c = np.zeros((n, k))
    for i in range(n) {
        for j in range(k) {
            total = 0.0
            for l in range(m) { total += a[i, l] × b[l, j] }
            c[i, j] = total
        }
    }
    c
}

m = np.arange(6.0).reshape(2, 3)
n = np.arange(6.0).reshape(3, 2)
m @ n
np.dot(m, n)
m +.× n
loop_matmul(m, n)

# A product of 40 × 40 matrices takes 64,000 multiplications …
rng = np.random.default_rng(0)
s = rng.random((40, 40))
np.allclose(loop_matmul(s, s), s @ s)
%timeit -n 1 -r 3 loop_matmul(s, s)
%timeit -r 3 s @ s

# … one of 512 × 512 matrices 134 million, which blocks that fit the caches, and the processor's
# vector instructions, do in a few milliseconds.
big = rng.random((512, 512))
(big @ big).shape
%timeit -r 3 big @ big
