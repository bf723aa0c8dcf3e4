#: loop-dependency: this loop has to go step by step: a[i] needs a[i - 1] of the step before
a = ones(8)
for i in range(1, 8) { a[i] = a[i - 1] * 0.5 + 1 }

#: loop-dependency: this loop has to go step by step: each step needs s of the step before
s = 1
for v in arange(8.0) { s = s * v + 0.5 }

#: loop-dependency: this loop has to go step by step: f[i] needs f[i - 1] of the step before
f = zeros(10, dtype=int)
f[1] = 1
for i in range(2, 10) { f[i] = f[i - 1] + f[i - 2] }

#: loop-dependency: this loop has to go step by step: each step needs x of the step before
x = 2.0
for i in range(6) { x = (x + 2 / x) / 2 }

#: -
x = 27
n = 0
while x != 1 {
    x = x // 2 if x % 2 == 0 else 3 * x + 1
    n += 1
}

#: loop-dependency: this loop has to go step by step: u[i] needs u[i - 1] of the step before
u = arange(10.0)
for t in range(3) {
    for i in range(1, 9) { u[i] = (u[i - 1] + u[i + 1]) / 2 }
}

#: loop-dependency: this loop has to go step by step: d[i, j] needs d[i, k] of another step
d = arange(9.0).reshape(3, 3)
for k in range(3) {
    for i in range(3) {
        for j in range(3) { d[i, j] = min(d[i, j], d[i, k] + d[k, j]) }
    }
}

#: loop-dependency: this loop has to go step by step: a[idx[i]] needs a[i] of another step
a = arange(8)
idx = np.array([1, 2, 3, 4, 5, 6, 7, 0])
for i in range(8) { a[idx[i]] = a[i] + 1 }

#: loop-dependency: this loop has to go step by step: each step needs y of the step before
y = 1.0
h = 0.1
path = []
for i in range(5) {
    y = y - h * y
    path.append(y)
}

#: loop-dependency: this loop has to go step by step: each step needs e of the step before
x = arange(8.0)
e = x[0]
out = zeros(8)
for i in range(8) {
    e = 0.9 * e + 0.1 * x[i]
    out[i] = e
}

#: loop-dependency: this loop has to go step by step: each step needs a of the step before
a, b = 0, 1
for i in range(8) { a, b = b, a + b }

#: loop-dependency: this loop has to go step by step: x[i] needs x[7 - i] of another step
x = arange(8.0)
for i in range(8) { x[i] = x[7 - i] }

#: loop-dependency: this loop has to go step by step: each step needs state of the step before
state = 1
bits = []
for i in range(8) {
    state = (state * 5 + 3) % 16
    bits.append(state)
}
