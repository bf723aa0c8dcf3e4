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
