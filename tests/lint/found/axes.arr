#: loop-axis: a sum: r = m.sum(axis=1)
m = arange(12.0).reshape(3, 4)
r = zeros(3)
for i in range(3) {
    s = 0
    for j in range(4) { s += m[i, j] }
    r[i] = s
}

#: loop-axis: a sum along an axis: r = m.sum(axis=1)
m = arange(12.0).reshape(3, 4)
r = zeros(3)
for i in range(3) { for j in range(4) { r[i] += m[i, j] } }

#: loop-axis: a sum along an axis: c = m.sum(axis=0)
m = arange(12.0).reshape(3, 4)
c = zeros(4)
for i in range(3) { for j in range(4) { c[j] += m[i, j] } }

#: loop-axis: a reduction along an axis: r = m.sum(axis=1)
m = arange(12.0).reshape(3, 4)
r = []
for row in m { r.append(row.sum()) }

#: loop-axis: a reduction along an axis: r = m.max(axis=1)
m = arange(12.0).reshape(3, 4)
r = zeros(3)
for i in range(3) { r[i] = m[i].max() }

#: loop-axis: a reduction along an axis: r = np.mean(m, axis=0)
m = arange(12.0).reshape(3, 4)
r = zeros(4)
for j in range(4) { r[j] = np.mean(m[:, j]) }

#: loop-matmul: a matrix product: r = m @ v
m = arange(12.0).reshape(3, 4)
v = arange(4.0)
r = zeros(3)
for i in range(3) { r[i] = m[i] @ v }

#: loop-matmul: a matrix-vector product: r = m @ v
m = arange(12.0).reshape(3, 4)
v = arange(4.0)
r = zeros(3)
for i in range(3) {
    for j in range(4) { r[i] += m[i, j] * v[j] }
}

#: loop-matmul: a matrix product: c = a @ b
a = arange(6.0).reshape(2, 3)
b = arange(12.0).reshape(3, 4)
c = zeros((2, 4))
for i in range(2) {
    for j in range(4) {
        for k in range(3) { c[i, j] += a[i, k] * b[k, j] }
    }
}

#: loop-matmul: a matrix product: c = a @ b
a = arange(6.0).reshape(2, 3)
b = arange(12.0).reshape(3, 4)
c = zeros((2, 4))
for i in range(2) {
    for j in range(4) {
        s = 0
        for k in range(3) { s += a[i, k] * b[k, j] }
        c[i, j] = s
    }
}

#: loop-matmul: a matrix product: c = a @ b.T
a = arange(6.0).reshape(2, 3)
b = arange(12.0).reshape(4, 3)
c = zeros((2, 4))
for i in range(2) {
    for j in range(4) { c[i, j] = a[i] @ b[j] }
}

#: loop-outer: an outer product: t = x[:, None] * y
x = arange(3.0)
y = arange(4.0)
t = zeros((3, 4))
for i in range(3) { for j in range(4) { t[i, j] = x[i] * y[j] } }

#: loop-map: this comprehension is an element-wise map: t = x[:, None] + y
x = arange(3.0)
y = arange(4.0)
t = [[a + b for b in y] for a in x]

#: loop-outer: an outer product: d = abs(x[:, None] - y).ravel()
x = arange(3.0)
y = arange(4.0)
d = []
for a in x { for b in y { d.append(abs(a - b)) } }

#: loop-map: an element-wise map: r = m - v
m = arange(12.0).reshape(3, 4)
v = arange(4.0)
r = zeros((3, 4))
for i in range(3) { r[i] = m[i] - v }

#: loop-axis: a reduction along an axis: r = m / m.sum(axis=1)[:, None]
m = arange(12.0).reshape(3, 4)
r = zeros((3, 4))
for i in range(3) {
    for j in range(4) { r[i, j] = m[i, j] / m[i].sum() }
}

#: loop-reduction: a sum: t = np.diagonal(m).sum()
m = arange(9.0).reshape(3, 3)
t = 0
for i in range(3) { t += m[i, i] }

#: loop-axis: a maximum: best = np.maximum(m[:, 0], m.max(axis=1))
m = arange(12.0).reshape(3, 4)
best = zeros(3)
for i in range(3) {
    b = m[i, 0]
    for j in range(4) { b = max(b, m[i, j]) }
    best[i] = b
}

#: loop-axis: a sum along an axis: n = (m % 2 == 0).sum(axis=1)
m = arange(12).reshape(3, 4)
n = zeros(3, dtype=int)
for i in range(3) {
    for j in range(4) { if m[i, j] % 2 == 0 { n[i] += 1 } }
}

#: loop-axis: a reduction along an axis: m[:] = m - m.mean(axis=0)
m = arange(12.0).reshape(3, 4)
for j in range(4) { m[:, j] = m[:, j] - m[:, j].mean() }

#: loop-axis: a reduction along an axis: m /= m.sum(axis=1)[:, None]
m = arange(12.0).reshape(3, 4)
for i in range(3) { m[i] /= m[i].sum() }

#: loop-axis: a reduction along an axis: r = (a * b).sum(axis=1)
a = arange(12.0).reshape(3, 4)
b = arange(12.0).reshape(3, 4)
r = zeros(3)
for i in range(3) { r[i] = (a[i] * b[i]).sum() }

#: loop-axis: a reduction along an axis: d = np.sqrt(((p[:, None] - p) ** 2).sum(axis=2))
p = arange(8.0).reshape(4, 2)
d = zeros((4, 4))
for i in range(4) {
    for j in range(4) { d[i, j] = np.sqrt(((p[i] - p[j]) ** 2).sum()) }
}

#: loop-axis: a sum: d = np.sqrt(((p[:, None, :] - p) ** 2).sum(axis=2))
p = arange(8.0).reshape(4, 2)
d = zeros((4, 4))
for i in range(4) {
    for j in range(4) {
        s = 0
        for k in range(2) { s += (p[i, k] - p[j, k]) ** 2 }
        d[i, j] = np.sqrt(s)
    }
}

#: loop-axis: a test for any along an axis: r[(m % 5 == 0).any(axis=1)] = True
m = arange(12).reshape(3, 4)
r = zeros(3, dtype=bool)
for i in range(3) {
    for j in range(4) { if m[i, j] % 5 == 0 { r[i] = True } }
}

#: loop-axis: a maximum: r[:] = np.maximum(r, m.max(axis=1))
m = arange(12.0).reshape(3, 4)
r = zeros(3)
for i in range(3) {
    for j in range(4) { if m[i, j] > r[i] { r[i] = m[i, j] } }
}

#: loop-axis: a sum along an axis: g = np.where(k == np.arange(3)[:, None], w, 0).sum(axis=1)
k = np.array([0, 1, 0, 2])
w = arange(4.0)
g = zeros(3)
for c in range(3) { for i in range(4) { if k[i] == c { g[c] += w[i] } } }

#: loop-axis: a reduction along an axis: m /= m.max(axis=0)
m = arange(12.0).reshape(3, 4)
for j in range(4) { m[:, j] /= m[:, j].max() }

#: loop-reduction: a sum: total = zeros(4) + m.sum(axis=0)
m = arange(12.0).reshape(3, 4)
total = zeros(4)
for row in m { total += row }

#: loop-axis: a minimum: lo[:] = np.minimum(lo, m[1:].min(axis=0))
m = arange(12.0).reshape(3, 4)
lo = m[0].copy()
for i in range(1, 3) { for j in range(4) { lo[j] = min(lo[j], m[i, j]) } }

#: loop-axis: a reduction along an axis: r = m.min(axis=1)
m = arange(12.0).reshape(3, 4)
r = []
for row in m { r.append(min(row)) }

#: loop-axis: a reduction along an axis: m[:] = (m - m.mean(axis=0)) / m.std(axis=0)
m = arange(6.0).reshape(2, 3)
for j in range(3) { m[:, j] = (m[:, j] - m[:, j].mean()) / m[:, j].std() }

#: loop-axis: a reduction along an axis: means = np.lib.stride_tricks.sliding_window_view(x, w).mean(axis=1)
x = arange(10.0) ** 2
w = 4
means = []
for i in range(len(x) - w + 1) { means.append(x[i:i + w].mean()) }

#: loop-axis: a reduction along an axis: r = np.lib.stride_tricks.sliding_window_view(x, 3)[1:6].max(axis=1)
x = arange(10.0) ** 2
r = zeros(5)
for i in range(5) { r[i] = x[i + 1:i + 4].max() }

#: loop-axis: a sum along an axis: r[k] += x[:8 - k] @ x[k:]
x = arange(8.0)
r = zeros(4)
for k in range(4) {
    for i in range(8 - k) { r[k] += x[i] * x[i + k] }
}

#: loop-dot: a dot product: s = x[:len(x) - k] @ x[k:]
fn lagged(x, k) {
    s = 0
    for i in range(len(x) - k) { s += x[i] * x[i + k] }
    s
}
lagged(arange(6.0), 0)

#: loop-reduction: a sum: s = x[:n].sum()
fn head(x, n) {
    s = 0
    for i in range(n) { s += x[i] }
    s
}
head(arange(6.0), 6)

#: loop-dot: a dot product: s = x @ y
fn dot(x, y) {
    n = len(x)
    s = 0
    for i in range(n) { s += x[i] * y[i] }
    s
}
dot(arange(6.0), arange(6.0))

#: loop-matmul: a matrix-vector product: r = m @ v
fn times(m, v) {
    rows, cols = m.shape
    r = zeros(rows)
    for i in range(rows) { for j in range(cols) { r[i] += m[i, j] * v[j] } }
    r
}
times(ones((2, 3)), ones(3))
