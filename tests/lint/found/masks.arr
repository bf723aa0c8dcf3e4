#: loop-mask: a choice between values: y = np.where(x > 0, x, 0)
x = arange(12.0) - 4
y = zeros(12)
for i in range(len(x)) {
    if x[i] > 0 { y[i] = x[i] } else { y[i] = 0 }
}

#: loop-mask: a masked update: x[x < 0] = 0
x = arange(12.0) - 4
for i in range(len(x)) { if x[i] < 0 { x[i] = 0 } }

#: loop-mask: a masked update: mask = x > 0 ⋄ y[mask] = np.sqrt(x[mask])
x = arange(12.0) - 4
y = zeros(12)
for i in range(len(x)) { if x[i] > 0 { y[i] = np.sqrt(x[i]) } }

#: loop-mask: a masked update: mask = (x > 0) & (x < 5) ⋄ y[mask] += x[mask]
x = arange(12.0) - 4
y = ones(12)
for i in range(len(x)) { if x[i] > 0 and x[i] < 5 { y[i] += x[i] } }

#: loop-mask: a choice between values: y = np.where(x < 0, -1, np.where(x > 3, 1, x))
x = arange(12.0) - 4
y = zeros(12)
for i in range(len(x)) {
    if x[i] < 0 { y[i] = -1 } else if x[i] > 3 { y[i] = 1 } else { y[i] = x[i] }
}

#: loop-mask: a choice between values: y = np.where(x > 0, x, -x)
x = arange(12.0) - 4
y = zeros(12)
for i in range(len(x)) { y[i] = x[i] if x[i] > 0 else -x[i] }

#: loop-filter: a filter: out = x[x > 0]
x = arange(12.0) - 4
out = []
for v in x { if v > 0 { out.append(v) } }

#: loop-filter: this comprehension is a filter: out = (x * 2)[x > 0]
x = arange(12.0) - 4
out = [v * 2 for v in x if v > 0]

#: loop-filter: a filter: out = np.arange(len(x))[x % 2 == 0]
x = arange(12) - 4
out = []
for i in range(len(x)) { if x[i] % 2 == 0 { out.append(i) } }

#: loop-mask: a masked update and a count: mask = x < 0 ⋄ x[mask] = 0 ⋄ n = mask.sum()
x = arange(12.0) - 4
n = 0
for i in range(len(x)) {
    if x[i] < 0 {
        x[i] = 0
        n += 1
    }
}

#: loop-filter: a filter: lo = x[x < 2] ⋄ hi = x[~(x < 2)]
x = arange(12.0) - 4
lo = []
hi = []
for v in x { if v < 2 { lo.append(v) } else { hi.append(v) } }

#: loop-map: an element-wise map: y = np.where(x < 0, 0.0, x) * 2
x = arange(12.0) - 4
y = zeros(12)
for i in range(len(x)) {
    t = x[i]
    if t < 0 { t = 0.0 }
    y[i] = t * 2
}

#: loop-mask: a masked update: y[~((x > 2) | (y < 3))] = 7
x = arange(12.0) - 4
y = arange(12.0)
for i in range(len(x)) { if not (x[i] > 2 or y[i] < 3) { y[i] = 7 } }

#: loop-mask: a masked update: m[m < 0] = 0
m = arange(12.0).reshape(3, 4) - 5
for i in range(3) { for j in range(4) { if m[i, j] < 0 { m[i, j] = 0 } } }

#: loop-mask: a masked update: mask = x < 0 ⋄ x[mask] = 0 ⋄ mask2 = x > 5 ⋄ x[~mask & mask2] = 5
x = arange(12.0) - 4
for i in range(12) {
    if x[i] < 0 { x[i] = 0 } else if x[i] > 5 { x[i] = 5 }
}

#: loop-mask: a masked update: s[x > 0] = 1 ⋄ s[~(x > 0) & (x < 0)] = -1
x = arange(12.0) - 4
s = zeros(12, dtype=int)
for i in range(12) {
    if x[i] > 0 { s[i] = 1 } else if x[i] < 0 { s[i] = -1 }
}

#: loop-mask: a masked update: m[np.arange(4)[:, None] == np.arange(4)] = 1
m = zeros((4, 4))
for i in range(4) { for j in range(4) { if i == j { m[i, j] = 1 } } }

#: loop-filter: this comprehension is a filter: pos = np.arange(len(x))[x > 0]
x = arange(6.0) - 3
pos = [i for i, v in enumerate(x) if v > 0]

#: loop-mask: a masked update: mask = x > 0 ⋄ y[mask] = np.where(x[mask] < 5, 1, 2)
x = arange(12.0) - 4
y = zeros(12)
for i in range(12) {
    if x[i] > 0 {
        if x[i] < 5 { y[i] = 1 } else { y[i] = 2 }
    }
}

#: loop-filter: a filter: even = x[x % 2 == 0] ⋄ odd = (x * 10)[x % 2 != 0]
x = arange(12) - 4
even = []
odd = []
for v in x { if v % 2 == 0 { even.append(v) } else { odd.append(v * 10) } }

#: loop-mask: a choice between values: y[:] = np.where(x > y, x, 0.0)
x = np.array([1.0, nan, -3.0])
y = zeros(3)
for i in range(3) { y[i] = x[i] if x[i] > y[i] else 0.0 }
