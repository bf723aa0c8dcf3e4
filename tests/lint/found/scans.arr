#: loop-scan: a running sum: c = np.cumsum(x)
x = arange(12.0) - 4
c = zeros(12)
c[0] = x[0]
for i in range(1, len(x)) { c[i] = c[i - 1] + x[i] }

#: loop-scan: a running sum and a sum: c = np.cumsum(x) ⋄ s = x.sum()
x = arange(12.0) - 4
c = zeros(12)
s = 0
for i in range(len(x)) {
    s += x[i]
    c[i] = s
}

#: loop-scan: a running sum: x[:] = np.cumsum(x)
x = arange(12.0) - 4
for i in range(1, len(x)) { x[i] += x[i - 1] }

#: loop-scan: a running product: p = np.cumprod(x)
x = arange(6.0) + 1
p = zeros(6)
p[0] = x[0]
for i in range(1, 6) { p[i] = p[i - 1] * x[i] }

#: loop-scan: a running product: a[1:] = a[0] * 2 ** np.arange(1, 8)
a = zeros(8)
a[0] = 1
for i in range(1, 8) { a[i] = a[i - 1] * 2 }

#: loop-scan: a running maximum and a maximum: r = np.maximum.accumulate(x) ⋄ m = x.max()
x = np.array([3, 1, 4, 1, 5, 9, 2, 6])
m = x[0]
r = zeros(8, dtype=int)
for i in range(len(x)) {
    m = max(m, x[i])
    r[i] = m
}

#: loop-scan: a running maximum: r[:] = np.maximum.accumulate(r)
x = np.array([3, 1, 4, 1, 5, 9, 2, 6])
r = x.copy()
for i in range(1, len(r)) { r[i] = max(r[i - 1], r[i]) }

#: loop-scan: a running sum and a sum: out = np.cumsum(x) ⋄ s = x.sum()
x = arange(12.0) - 4
out = []
s = 0
for v in x {
    s += v
    out.append(s)
}

#: loop-scan: a running sum: m[:] = np.cumsum(m, axis=1)
m = arange(12.0).reshape(3, 4)
for i in range(3) { for j in range(1, 4) { m[i, j] += m[i, j - 1] } }

#: loop-scan: a running sum and a count: c = np.cumsum(x > 0) ⋄ n = (x > 0).sum()
x = arange(12) - 4
n = 0
c = zeros(12, dtype=int)
for i in range(12) {
    if x[i] > 0 { n += 1 }
    c[i] = n
}

#: loop-scan: a running product: a[1:] = a[0] / np.cumprod(a[1:] + 1)
a = arange(8.0)
for i in range(1, 8) { a[i] = a[i - 1] / (a[i] + 1) }

#: loop-scan: a running sum of what came before and a sum: c = np.concatenate([[0], np.cumsum(x)[:-1]]) ⋄ s = x.sum()
x = arange(8.0)
c = zeros(8)
s = 0
for i in range(8) {
    c[i] = s
    s += x[i]
}

#: loop-scan: a running sum: c[1:] = c[0] + np.cumsum(x)
x = arange(8.0)
c = zeros(9)
for i in range(8) { c[i + 1] = c[i] + x[i] }

#: loop-scan: a running sum of what came before and a sum: off = np.concatenate([[0], np.cumsum(n)[:-1]]) ⋄ at = n.sum()
n = np.array([3, 1, 4])
off = []
at = 0
for k in n {
    off.append(at)
    at += k
}

#: loop-scan: a running sum of what came before and a count: place = np.concatenate([[0], np.cumsum(keep)[:-1]]) ⋄ n = keep.sum()
keep = np.array([1, 0, 1, 1, 0]) == 1
place = zeros(5, dtype=int)
n = 0
for i in range(5) {
    place[i] = n
    if keep[i] { n += 1 }
}

#: loop-scan: a running product of what came before and a product of all elements: before = np.concatenate([[1.0], np.cumprod(x)[:-1]]) ⋄ p = x.prod()
x = arange(5.0) + 1
p = 1.0
before = []
for v in x {
    before.append(p)
    p *= v
}

#: loop-scan: a running sum of what came before and a sum: share = x / (np.concatenate([[0], np.cumsum(x)[:-1]]) + x) ⋄ seen = x.sum()
x = np.array([3, 1, 4, 1, 5])
share = zeros(5)
seen = 0
for i in range(5) {
    share[i] = x[i] / (seen + x[i])
    seen += x[i]
}
