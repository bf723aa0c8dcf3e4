#: loop-stencil: a stencil: d = x[1:] - x[:-1]
x = arange(12.0)
d = zeros(11)
for i in range(len(x) - 1) { d[i] = x[i + 1] - x[i] }

#: loop-stencil: a stencil: y[1:-1] = (x[:-2] + x[1:-1] + x[2:]) / 3
x = arange(12.0)
y = zeros(12)
for i in range(1, len(x) - 1) { y[i] = (x[i - 1] + x[i] + x[i + 1]) / 3 }

#: loop-stencil: a stencil: y[1:] = x[1:] - x[:-1]
x = arange(12.0)
n = len(x)
y = zeros(n)
for i in range(1, n) { y[i] = x[i] - x[i - 1] }

#: loop-stencil: a stencil: v[1:3, 1:4] = u[:2, 1:4] + u[2:, 1:4] + u[1:3, :3] + u[1:3, 2:] - 4 * u[1:3, 1:4]
u = arange(20.0).reshape(4, 5)
v = zeros((4, 5))
for i in range(1, 3) {
    for j in range(1, 4) {
        v[i, j] = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - 4 * u[i, j]
    }
}

#: loop-stencil: a stencil: a[:11] = a[1:]
a = arange(12.0)
for i in range(11) { a[i] = a[i + 1] }

#: loop-gather: a gather: y = x[idx]
x = arange(12.0)
idx = np.array([3, 1, 4, 1, 5])
y = zeros(5)
for i in range(5) { y[i] = x[idx[i]] }

#: loop-gather: this comprehension is a gather: out = x[idx]
x = arange(12.0)
idx = np.array([3, 1, 4, 1, 5])
out = [x[k] for k in idx]

#: loop-gather: a gather: y[idx] = x
x = arange(5.0)
idx = np.array([3, 1, 4, 0, 2])
y = zeros(5)
for i in range(5) { y[idx[i]] = x[i] }

#: loop-scatter: a histogram: h = np.bincount(k, minlength=6)
k = np.array([3, 1, 4, 1, 5])
h = zeros(6, dtype=int)
for i in range(len(k)) { h[k[i]] += 1 }

#: loop-scatter: a scatter-add: h = np.bincount(k, weights=w, minlength=6)
k = np.array([3, 1, 4, 1, 5])
w = arange(5.0)
h = zeros(6)
for i in range(len(k)) { h[k[i]] += w[i] }

#: loop-scatter: a histogram: h = np.bincount(k, minlength=6)
k = np.array([3, 1, 4, 1, 5])
h = zeros(6, dtype=int)
for v in k { h[v] += 1 }

#: loop-gather: a gather: y = m[np.arange(3), c]
m = arange(12.0).reshape(3, 4)
c = np.array([1, 3, 0])
y = zeros(3)
for i in range(3) { y[i] = m[i, c[i]] }

#: loop-reduction: a sum: s = abs(x[1:] - x[:-1]).sum()
x = arange(12.0)
s = 0
for i in range(len(x) - 1) { s += abs(x[i + 1] - x[i]) }

#: loop-stencil: a stencil: y = x[h:h + 8] * 2
x = arange(12.0)
h = 2
y = zeros(8)
for i in range(8) { y[i] = x[i + h] * 2 }
