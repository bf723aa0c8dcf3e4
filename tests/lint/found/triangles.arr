#: loop-reduction: a sum: n = (np.arange(6)[:, None] * np.arange(5))[np.tri(6, 5, -1, dtype=bool)].sum()
n = 0
for i in range(6) { for j in range(i) { n += i * j } }

#: loop-reduction: a count: inv = (~np.tri(len(x), len(x) - 1, -1, dtype=bool) & (x[:, None] > x[1:])).sum()
x = np.array([3, 1, 4, 1, 5])
inv = 0
for i in range(len(x)) {
    for j in range(i + 1, len(x)) { if x[i] > x[j] { inv += 1 } }
}

#: loop-mask: a masked update: low = np.where(np.tri(4, 4, dtype=bool), m, 0)
m = arange(16.0).reshape(4, 4)
low = zeros((4, 4))
for i in range(4) { for j in range(i + 1) { low[i, j] = m[i, j] } }

#: loop-mask: a masked update: d = np.where(~np.tri(5, 5, -1, dtype=bool), abs(x[:, None] - x), 0)
x = arange(5.0) ** 2
d = zeros((5, 5))
for i in range(5) {
    for j in range(i, 5) { d[i, j] = abs(x[i] - x[j]) }
}

#: loop-filter: a filter: d = (x[1:] - x[:, None])[~np.tri(len(x), len(x) - 1, -1, dtype=bool)]
x = np.array([3, 1, 4, 1, 5])
d = []
for i in range(len(x)) {
    for j in range(i + 1, len(x)) { d.append(x[j] - x[i]) }
}

#: loop-reduction: a sum: s = m[~np.tri(4, 4, -1, dtype=bool)].sum()
m = arange(16.0).reshape(4, 4)
s = 0
for i in range(4) { for j in range(i, 4) { s += m[i, j] } }

#: loop-axis: a sum along an axis: r = np.where(np.tri(4, 3, -1, dtype=bool), m[:, :3], 0).sum(axis=1)
m = arange(16.0).reshape(4, 4)
r = zeros(4)
for i in range(4) { for j in range(i) { r[i] += m[i, j] } }

#: loop-mask: a masked update: m[np.arange(4) < (4 - np.arange(4))[:, None]] = 0
m = arange(16.0).reshape(4, 4)
for i in range(4) { for j in range(4 - i) { m[i, j] = 0 } }

#: loop-mask: a masked update: d[:, :4] = np.where(np.tri(5, 4, -1, dtype=bool), abs(x[:, None] - x[:4]), d[:, :4]) ⋄ d[:4] = np.where(np.tri(5, 4, -1, dtype=bool).T, abs(x[:, None] - x[:4]).T, d[:4])
x = arange(5.0) ** 2
d = zeros((5, 5))
for i in range(5) { for j in range(i) { d[i, j] = d[j, i] = abs(x[i] - x[j]) } }

#: loop-reduction: a maximum: best = max(0, (x[1:] - x[:, None])[~np.tri(3, 2, -1, dtype=bool)].max())
x = np.array([3.0, 1.0, 4.0])
best = 0
for i in range(3) { for j in range(i + 1, 3) { best = max(best, x[j] - x[i]) } }

#: loop-reduction: a count: k = (~np.tri(n, n, -1, dtype=bool)).sum()
n = 6
k = 0
for i in range(n) { for j in range(i, n) { k += 1 } }
