#: loop-dot: a dot product: s = x @ y
x = arange(12.0) - 4
y = arange(12.0)
s = 0
for i in range(len(x)) {
    s += x[i] * y[i]
}

#: loop-reduction: a sum: s = x.sum()
x = arange(12.0) - 4
s = 0
for v in x { s += v }

#: loop-dot: a sum of squares: s = x @ x
x = arange(12.0) - 4
s = 0
for v in x { s = s + v ** 2 }

#: loop-reduction: a sum: s = 10 + x.sum()
x = arange(12.0) - 4
s = 10
for v in x { s += v }

#: loop-reduction: a product of all elements: p = x.prod()
x = arange(12) + 1
p = 1
for v in x { p *= v }

#: loop-reduction: a maximum: m = x.max()
x = arange(12.0) - 4
m = x[0]
for v in x { if v > m { m = v } }

#: loop-reduction: a minimum: m = x.min()
x = arange(12.0) - 4
m = x[0]
for i in range(1, len(x)) {
    if x[i] < m { m = x[i] }
}

#: loop-reduction: a maximum: m = x.max()
x = arange(12.0) - 4
m = -inf
for v in x { m = max(m, v) }

#: loop-reduction: a search for the position of the maximum: best = x.argmax()
x = arange(12.0) - 4
best = 0
for i in range(1, len(x)) {
    if x[i] > x[best] { best = i }
}

#: loop-reduction: a search for the position of the maximum and a maximum: at = x.argmax() ⋄ m = x.max()
x = np.abs(arange(12.0) - 7)
m = x[0]
at = 0
for i in range(len(x)) {
    if x[i] > m {
        m = x[i]
        at = i
    }
}

#: loop-reduction: a count: n = (x > 0).sum()
x = arange(12.0) - 4
n = 0
for v in x { if v > 0 { n += 1 } }

#: loop-reduction: a test for any: found = (x < -3).any()
x = arange(12.0) - 4
found = False
for v in x {
    if v < -3 {
        found = True
        break
    }
}

#: loop-reduction: a test for all: ok = (~(x > 100)).all()
x = arange(12.0) - 4
ok = True
for v in x { if v > 100 { ok = False } }

#: loop-reduction: a sum: s = x[x > 0].sum()
x = arange(12.0) - 4
s = 0
for v in x { if v > 0 { s += v } }

#: loop-reduction: a sum: s = abs(x).sum()
x = arange(12.0) - 4
s = 0.0
for i in range(len(x)) { s += abs(x[i]) }
n = s / len(x)

#: loop-map: this generator is an element-wise map: s = sum(x * x)
x = arange(12.0) - 4
s = sum(v * v for v in x)

#: loop-map: this generator is an element-wise map: found = any(x < 0)
x = arange(12.0) - 4
found = any(v < 0 for v in x)

#: loop-reduction: a sum and a sum of squares: s = x.sum() ⋄ q = x @ x
x = arange(12.0) - 4
s = 0
q = 0
for v in x {
    s += v
    q += v * v
}

#: loop-reduction: a sum: pos = x[x > 0].sum() ⋄ neg = x[~(x > 0)].sum()
x = arange(12.0) - 4
pos = 0
neg = 0
for v in x {
    if v > 0 { pos += v } else { neg += v }
}

#: loop-reduction: a sum: s = x.sum()
x = arange(12.0) - 4
s = 0
i = 0
while i < len(x) {
    s += x[i]
    i += 1
}

#: loop-reduction: a sum: s = m.sum()
m = arange(12.0).reshape(3, 4)
s = 0
for i in range(3) { for j in range(4) { s += m[i, j] } }

#: loop-reduction: a sum: s = m.sum()
m = arange(12.0).reshape(3, 4)
s = 0
for row in m { for v in row { s += v } }

#: loop-dot: a sum of squares: s = (x - y) @ (x - y)
x = arange(12.0) - 4
y = arange(12.0)
s = 0
for i in range(len(x)) { s += (x[i] - y[i]) ** 2 }

#: loop-reduction: a sum: s = x[~(x < 0)].sum()
x = arange(12.0) - 4
s = 0
for v in x {
    if v < 0 { continue }
    s += v
}

#: loop-reduction: a minimum and a maximum: lo = x.min() ⋄ hi = x.max()
x = arange(12.0) - 4
lo = inf
hi = -inf
for v in x {
    lo = min(lo, v)
    hi = max(hi, v)
}

#: loop-reduction: a sum: total = 100.0 - x.sum()
x = arange(6.0)
total = 100.0
for v in x { total -= v }

#: loop-reduction: a sum: s = np.arange(1, 101).sum()
s = 0
for i in range(1, 101) { s += i }

#: loop-dot: a dot product: s = w * x @ y
w = arange(5.0)
x = arange(5.0)
y = arange(5.0)
s = 0
for a, b, c in zip(w, x, y) { s += a * b * c }

#: loop-reduction: a search for the position of the maximum and a maximum: at = x.argmax() ⋄ best = x.max()
x = np.abs(arange(12.0) - 7)
best = -inf
at = -1
for i, v in enumerate(x) {
    if v > best {
        best = v
        at = i
    }
}

#: loop-reduction: a search for the first place: mask = x > 4 ⋄ at = mask.argmax() if mask.any() else -1
x = arange(10.0)
at = -1
for i in range(10) {
    if x[i] > 4 {
        at = i
        break
    }
}

#: loop-reduction: a search for the last place: mask = x < 4 ⋄ at = np.flatnonzero(mask)[-1] if mask.any() else -1
x = arange(10.0)
at = -1
for i in range(10) { if x[i] < 4 { at = i } }

#: loop-reduction: a sum: s = x[::2].sum()
x = arange(10.0)
s = 0
i = 0
while i < 10 {
    s += x[i]
    i += 2
}

#: loop-reduction: a sum: s = x.sum()
x = arange(10.0)
s = 0
i = 9
while i >= 0 {
    s += x[i]
    i -= 1
}

#: loop-reduction: a sum: s = x[::3].sum()
x = arange(12.0)
s = 0
for i in range(0, 12, 3) { s += x[i] }

#: loop-reduction: a sum: s = x[1::2].sum()
x = arange(12.0)
s = 0
for i in range(11, 0, -2) { s += x[i] }

#: loop-reduction: a sum: s = m[np.arange(3)[:, None] != np.arange(4)].sum()
m = arange(12.0).reshape(3, 4) - 5
s = 0
for i in range(3) {
    for j in range(4) {
        if i != j { s += m[i, j] }
    }
}

#: loop-reduction: a polynomial by Horner's rule: p = np.polyval(c, x)
c = np.array([1.0, 2, 3])
x = 2.0
p = 0.0
for a in c { p = p * x + a }

#: loop-dot: a dot product: p = c @ x ** np.arange(3)
c = np.array([1.0, 2, 3])
x = 2.0
p = 0.0
for i in range(3) { p += c[i] * x ** i }

#: loop-reduction: a test for all: same = (a == b).all()
a = arange(6)
b = arange(6)
same = True
for i in range(6) {
    if a[i] != b[i] {
        same = False
        break
    }
}

#: loop-reduction: a test for all: ok = (~(x[:-1] > x[1:])).all()
x = arange(8.0)
ok = True
for i in range(len(x) - 1) { if x[i] > x[i + 1] { ok = False } }

#: loop-reduction: a product of all elements: p = np.arange(1, 11).prod()
p = 1
for i in range(1, 11) { p *= i }

#: loop-reduction: a sum: h = (1 / np.arange(1, 20)).sum()
h = 0.0
for k in range(1, 20) { h += 1 / k }

#: loop-reduction: a product of all elements: f = np.arange(2, 6).prod()
n = 5
f = 1
while n > 1 {
    f *= n
    n -= 1
}

#: loop-reduction: a sum: q = (x[:, None] * a * x).sum()
a = arange(9.0).reshape(3, 3)
x = arange(3.0)
q = 0
for i in range(3) { for j in range(3) { q += x[i] * a[i, j] * x[j] } }

#: loop-reduction: a count: n = (a[:, None] == b).sum()
a = np.array([1, 2, 3])
b = np.array([3, 1, 1])
n = 0
for x in a { for y in b { if x == y { n += 1 } } }

#: loop-reduction: a search for the position of the minimum and a minimum: at = abs(a - t).argmin() ⋄ best = abs(a - t).min()
a = arange(4.0)
t = 2.2
best = inf
at = 0
for i in range(4) {
    d = abs(a[i] - t)
    if d < best {
        best = d
        at = i
    }
}

#: loop-reduction: a sum: s = m[(m > 0) & (m < 5)].sum()
m = arange(12.0).reshape(3, 4) - 5
s = 0
for i in range(3) {
    for j in range(4) {
        if m[i, j] > 0 { if m[i, j] < 5 { s += m[i, j] } }
    }
}

#: loop-reduction: a sum: s = w[x > 0].sum()
x = arange(6.0) - 3
w = arange(6.0)
s = 0
for i in range(6) { if x[i] > 0 { s += w[i] } }

#: loop-reduction: a sum: area = ((x[1:] - x[:5]) * (y[1:] + y[:5]) / 2).sum()
x = arange(6.0)
y = x ** 2
area = 0
for i in range(1, 6) { area += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2 }

#: loop-dot: a dot product: s = x[1::2] @ x[::2]
x = arange(20)
s = 0
for i in range(1, len(x), 2) { s += x[i] * x[i - 1] }

#: loop-map: an element-wise map: y = x * np.arange(1, len(x) + 1)
x = arange(10.0)
y = zeros(10)
for i, v in enumerate(x, 1) { y[i - 1] = v * i }

#: loop-reduction: a search for the first place: mask = x > 4 ⋄ large = x[mask.argmax()] if mask.any() else None
x = arange(10.0)
large = None
for v in x {
    if v > 4 {
        large = v
        break
    }
}

#: loop-dot: a dot product: mean = w @ x | loop-dot: a dot product: var = w @ (x - mean) ** 2
x = np.array([4.0, 2.0, 7.0])
w = np.array([0.2, 0.3, 0.5])
mean = 0.0
for i in range(3) { mean += w[i] * x[i] }
var = 0.0
for i in range(3) { var += w[i] * (x[i] - mean) ** 2 }

#: loop-reduction: a search for the position of the minimum: best = abs(x - 5).argmin()
x = arange(12.0)
best = 0
for i in range(len(x)) { if abs(x[i] - 5) < abs(x[best] - 5) { best = i } }
x[best]

#: loop-reduction: a polynomial by Horner's rule: s = np.polyval(np.arange(8.0), 0.5)
s = 0
for v in arange(8.0) { s = s * 0.5 + v }
