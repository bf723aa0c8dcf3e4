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

#: new
u = arange(25.0).reshape(5, 5)
v = zeros((5, 5))
for i in range(1, 4) {
    for j in range(1, 4) {
        s = 0
        for di in range(-1, 2) { for dj in range(-1, 2) { s += u[i + di, j + dj] } }
        v[i, j] = s / 9
    }
}

#: new
u = arange(20.0).reshape(4, 5) ** 2
gx = zeros((4, 5))
for i in range(4) { for j in range(1, 4) { gx[i, j] = (u[i, j + 1] - u[i, j - 1]) / 2 } }

#: new
x = arange(12.0)
a = np.array([3, 1, 4, 1, 5])
b = np.array([4, 0, 2])
y = zeros(3)
for i in range(3) { y[i] = x[a[b[i]]] }

#: new
k = np.array([3, 1, 4, 1, 5])
w = arange(5.0)
h = zeros(6)
for i, v in enumerate(k) { h[v] += w[i] }

#: new
k = np.array([3, 1, 4, 1, 5])
w = arange(5.0)
h = zeros(6)
for v, u in zip(k, w) { h[v] += u }

#: new
a = np.array([0, 1, 1, 2])
b = np.array([1, 0, 0, 2])
h = zeros((3, 3), dtype=int)
for i in range(4) { h[a[i], b[i]] += 1 }

#: new
x = np.array([0.5, 1.5, 1.7, 3.2])
h = zeros(4, dtype=int)
for v in x { h[int(v)] += 1 }

#: new
m = zeros((4, 4))
for i in range(4) { m[i, i] = 1 }

#: new
m = arange(9.0).reshape(3, 3)
for i in range(3) { m[i, i] += 2 }

#: new
x = arange(8.0)
y = zeros(8)
for i in range(8) { y[i] = x[7 - i] }

#: new
x = arange(8.0)
y = []
for i in range(7, -1, -1) { y.append(x[i]) }

#: new
a = arange(4.0)
b = arange(4.0) + 10
y = zeros(8)
for i in range(4) {
    y[2 * i] = a[i]
    y[2 * i + 1] = b[i]
}

#: new
x = arange(3.0)
y = zeros(9)
for i in range(9) { y[i] = x[i % 3] }

#: new
x = arange(12.0)
y = zeros(10)
for i in range(10) { y[i] = x[i:i + 3].sum() / 3 }

#: new
x = arange(12.0)
y = [x[i:i + 3].mean() for i in range(10)]

#: new
x = arange(12.0)
k = np.array([1.0, 2, 1])
y = zeros(10)
for i in range(10) { for j in range(3) { y[i] += x[i + j] * k[j] } }

#: new
x = zeros(12)
for i in range(0, 12, 2) { x[i] = 1 }

#: new
p = ones(30, dtype=bool)
k = 3
for j in range(k * k, 30, k) { p[j] = False }

#: new
m = zeros((4, 4))
for i in range(3) { m[i, i + 1] = 1 }

#: new
x = arange(9.0)
s = zeros(3)
for i in range(9) { s[i // 3] += x[i] }

#: new
x = arange(12.0)
r = x[0:10].copy()
for i in range(10) { r[i] = x[i:i + 3].max() }

#: new
t = np.array([[0, 1], [2, 0], [1, 2]])
x = arange(3.0)
y = zeros(3)
for e in range(3) { y[t[e, 0]] += x[t[e, 1]] }
