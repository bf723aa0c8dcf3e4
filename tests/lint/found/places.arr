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

#: loop-axis: a sum: v[1:4, 1:4] = u[(np.arange(1, 4)[:, None] + np.arange(-1, 2))[:, None, :, None], (np.arange(1, 4)[:, None] + np.arange(-1, 2))[:, None, :]].sum(axis=(2, 3)) / 9
u = arange(25.0).reshape(5, 5)
v = zeros((5, 5))
for i in range(1, 4) {
    for j in range(1, 4) {
        s = 0
        for di in range(-1, 2) { for dj in range(-1, 2) { s += u[i + di, j + dj] } }
        v[i, j] = s / 9
    }
}

#: loop-stencil: a stencil: gx[:, 1:4] = (u[:, 2:] - u[:, :3]) / 2
u = arange(20.0).reshape(4, 5) ** 2
gx = zeros((4, 5))
for i in range(4) { for j in range(1, 4) { gx[i, j] = (u[i, j + 1] - u[i, j - 1]) / 2 } }

#: loop-gather: a gather: y = x[a[b]]
x = arange(12.0)
a = np.array([3, 1, 4, 1, 5])
b = np.array([4, 0, 2])
y = zeros(3)
for i in range(3) { y[i] = x[a[b[i]]] }

#: loop-scatter: a scatter-add: h = np.bincount(k, weights=w, minlength=6)
k = np.array([3, 1, 4, 1, 5])
w = arange(5.0)
h = zeros(6)
for i, v in enumerate(k) { h[v] += w[i] }

#: loop-scatter: a scatter-add: h = np.bincount(k, weights=w, minlength=6)
k = np.array([3, 1, 4, 1, 5])
w = arange(5.0)
h = zeros(6)
for v, u in zip(k, w) { h[v] += u }

#: loop-scatter: a histogram: np.add.at(h, (a, b), 1)
a = np.array([0, 1, 1, 2])
b = np.array([1, 0, 0, 2])
h = zeros((3, 3), dtype=int)
for i in range(4) { h[a[i], b[i]] += 1 }

#: loop-scatter: a histogram: h = np.bincount(int(x), minlength=4)
x = np.array([0.5, 1.5, 1.7, 3.2])
h = zeros(4, dtype=int)
for v in x { h[int(v)] += 1 }

#: loop-map: a fill with one value: np.fill_diagonal(m, 1)
m = zeros((4, 4))
for i in range(4) { m[i, i] = 1 }

#: loop-gather: a gather: m[np.arange(3), np.arange(3)] += 2
m = arange(9.0).reshape(3, 3)
for i in range(3) { m[i, i] += 2 }

#: loop-map: a copy: y = x[::-1].copy()
x = arange(8.0)
y = zeros(8)
for i in range(8) { y[i] = x[7 - i] }

#: loop-map: an element-wise map: y = x[::-1].copy()
x = arange(8.0)
y = []
for i in range(7, -1, -1) { y.append(x[i]) }

#: loop-map: a copy: y[::2] = a ⋄ y[1::2] = b
a = arange(4.0)
b = arange(4.0) + 10
y = zeros(8)
for i in range(4) {
    y[2 * i] = a[i]
    y[2 * i + 1] = b[i]
}

#: loop-gather: a gather: y = x[np.arange(9) % 3]
x = arange(3.0)
y = zeros(9)
for i in range(9) { y[i] = x[i % 3] }

#: loop-axis: a reduction along an axis: y = np.lib.stride_tricks.sliding_window_view(x, 3).sum(axis=1) / 3
x = arange(12.0)
y = zeros(10)
for i in range(10) { y[i] = x[i:i + 3].sum() / 3 }

#: loop-axis: this comprehension is a reduction along an axis: y = np.lib.stride_tricks.sliding_window_view(x, 3).mean(axis=1)
x = arange(12.0)
y = [x[i:i + 3].mean() for i in range(10)]

#: loop-matmul: a matrix-vector product: y = x[np.arange(10)[:, None] + np.arange(3)] @ k
x = arange(12.0)
k = np.array([1.0, 2, 1])
y = zeros(10)
for i in range(10) { for j in range(3) { y[i] += x[i + j] * k[j] } }

#: loop-map: a fill with one value: x[::2] = 1
x = zeros(12)
for i in range(0, 12, 2) { x[i] = 1 }

#: loop-map: a fill with one value: p[k * k::k] = False
p = ones(30, dtype=bool)
k = 3
for j in range(k * k, 30, k) { p[j] = False }

#: loop-map: a fill with one value: m[np.arange(3), np.arange(1, 4)] = 1
m = zeros((4, 4))
for i in range(3) { m[i, i + 1] = 1 }

#: loop-scatter: a scatter-add: s = np.bincount(np.arange(9) // 3, weights=x, minlength=3)
x = arange(9.0)
s = zeros(3)
for i in range(9) { s[i // 3] += x[i] }

#: loop-axis: a reduction along an axis: r[:] = np.lib.stride_tricks.sliding_window_view(x, 3).max(axis=1)
x = arange(12.0)
r = x[0:10].copy()
for i in range(10) { r[i] = x[i:i + 3].max() }

#: loop-scatter: a scatter-add: y = np.bincount(t[:, 0], weights=x[t[:, 1]], minlength=3)
t = np.array([[0, 1], [2, 0], [1, 2]])
x = arange(3.0)
y = zeros(3)
for e in range(3) { y[t[e, 0]] += x[t[e, 1]] }
