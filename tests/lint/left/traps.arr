#: loop-dependency: this loop has to go step by step: a[i] needs a[:-1] of another step
a = arange(8.0)
for i in range(1, 8) {
    b = a[:-1]
    a[i] = b[i - 1] * 0.5 + 1
}

#: -
x = arange(6.0)
y = x[::-1]
for i in range(6) { y[i] = x[i] * 2 }

#: -
x = arange(6.0)
m = x.reshape(2, 3)
for i in range(1, 6) { x[i] = m[0, 0] + i }

#: -
x = arange(6.0)
y = x
for i in range(5) { y[i + 1] = x[i] + 1 }

#: -
row = zeros(3)
rows = []
for i in range(3) {
    row[0] = i
    rows.append(row)
}

#: -
x = np.array([1.0, nan, 3.0, 2.0])
m = x[0]
for v in x { if v > m { m = v } }

#: -
x = np.array([2.0, nan, 3.0, 1.0])
at = 0
for i in range(1, 4) { if x[i] < x[at] { at = i } }

#: -
x = np.array([1.0, nan, -3.0])
y = zeros(3)
for i in range(3) { y[i] = max(y[i], x[i]) + y[i - 1] }

#: -
x = np.full(4, 100, dtype=int8)
s = np.int8(0)
for v in x { s += v }

#: -
x = np.full(4, 100, dtype=uint8)
p = np.uint8(1)
for v in x { p *= v }

#: -
x = np.array([0.6, 0.6, 0.6])
c = zeros(3, dtype=int)
c[0] = x[0]
for i in range(1, 3) { c[i] = c[i - 1] + x[i] }

#: loop-dependency: this loop has to go step by step: a[i] needs a[i - 1] of the step before
a = arange(8)
for i in range(1, 8) { a[i] = a[i - 1] / 2 + 3 }

#: -
x = np.array([2.0, 0.0, 4.0])
y = zeros(3)
for i in range(3) { y[i] = 1 / x[i] if x[i] != 0 else 0.0 }

#: -
x = arange(6.0)
y = zeros(6)
for i in range(6) { if i > 0 { y[i] = x[i - 1] } }

#: -
x = arange(6.0)
n = 0
for i in range(6) { if i > 0 and x[i - 1] > 2 { n += 1 } }

#: loop-dependency: this loop has to go step by step: a[i] needs a[i + 1] of the step before
a = ones(8)
for i in range(6, -1, -1) { a[i] = a[i + 1] * 0.5 + 1 }

#: -
y = zeros(4)
for i in range(5, 2) { y[i] = 1 }
for i in range(0) { y[i] = 2 }

#: loop-dependency: this loop has to go step by step: each step needs s of the step before
x = arange(8.0)
s = 0
for v in x {
    s += v
    if s > 10 { s = 0 }
}

#: -
m = arange(12.0).reshape(3, 4)
s = 0
for i in range(3) {
    for j in range(4) {
        if m[i, j] > 5 { break }
        s += m[i, j]
    }
}

#: -
n = 6
i = 0
while i < n {
    n -= 1
    i += 1
}

#: loop-dependency: this loop has to go step by step: x[i + 1] needs x[i] of the step before
x = arange(8.0)
for i in range(7) { x[i], x[i + 1] = x[i + 1], x[i] }

#: loop-dependency: this loop has to go step by step: each step needs carry of the step before
a = arange(5)
b = arange(5) * 3
carry = 0
out = zeros(5, dtype=int)
for i in range(5) {
    t = a[i] + b[i] + carry
    out[i] = t % 10
    carry = t // 10
}

#: -
idx = np.array([1, 1, 2])
y = ones(4)
for i in range(3) { y[idx[i]] = y[idx[i]] * 2 + i }

#: loop-dependency: this loop has to go step by step: a[i] needs b[i - 1] of the step before
a = ones(6)
b = ones(6)
for i in range(1, 6) {
    a[i] = b[i - 1] + 1
    b[i] = a[i - 1] * 2
}

#: loop-dependency: this loop has to go step by step: d[i, j] needs d[i - 1, j] of the step before
d = zeros((4, 4))
for i in range(1, 4) {
    for j in range(1, 4) { d[i, j] = min(d[i - 1, j], d[i, j - 1]) + abs(i - j) }
}

#: loop-dependency: this loop has to go step by step: each step needs run of the step before
x = np.array([1, 1, 0, 1, 1, 1])
run = 0
best = 0
for v in x {
    run = run + 1 if v == 1 else 0
    best = max(best, run)
}

#: -
x = arange(6.0)
for i in range(5) { y = x[i] }
print(i)

#: -
x = arange(6.0)
out = zeros(6)
for i in range(6) {
    out[i] = x[i]
    if x[i] == 3 { break }
}

#: -
x = 100.0
n = 0
while x > 1 {
    x /= 2
    n += 1
}

#: -
words = ["b", "a", "c"]
first = words[0]
for w in words { if w < first { first = w } }

#: -
p = ones(12, dtype=bool)
for i in range(2, 4) {
    k = i * i
    while k < 12 {
        p[k] = not p[k] if p[i] else p[k]
        k += i
    }
}

#: -
x = []
x.append(1)
for i in range(3) { x.append(x[i] * 2) }

#: -
x = [1, [2, 3]]
n = 0
for v in x { n += np.size(v) }

#: -
x = np.array([3, nan, 3, 2, nan])
seen = []
for v in x { if v not in seen { seen.append(v) } }

#: -
x = arange(20)
i = 0
while x[i] < 10 {
    x[i] = 0
    i += 1
}

#: -
x = arange(20)
fn small(v) {
    print(v)
    v < 5
}
i = 0
while small(x[i]) { i += 1 }

#: loop-dependency: this loop has to go step by step: u[i] needs u[i + k] of another step
u = arange(8.0)
fn shifted(k) {
    for i in range(2, 6) { u[i] = u[i + k] + 1 }
}
shifted(1)
shifted(-1)

#: -
m = np.array([[1, 2], [3, nan]])
r = zeros(2)
for i in range(2) {
    b = m[i, 0]
    for j in range(2) {
        if m[i, j] > b { b = m[i, j] }
    }
    r[i] = b
}
