#: loop-map: an element-wise map: y = x * 2 + 1
x = arange(12.0) - 4
y = zeros(12)
for i in range(len(x)) {
    y[i] = x[i] * 2 + 1
}

#: loop-map: an element-wise map: y[:] = x ** 2
x = arange(12.0) - 4
y = zeros(len(x))
print(y)
for i in range(12) { y[i] = x[i] ** 2 }

#: loop-map: an element-wise map: y = np.sqrt(z) + abs(x)
x = arange(12.0) - 4
z = arange(12.0)
y = np.zeros_like(x)
for i in range(x.size) {
    y[i] = np.sqrt(z[i]) + abs(x[i])
}

#: loop-map: an element-wise map: out = x * x
x = arange(12.0) - 4
out = []
for v in x {
    out.append(v * v)
}

#: loop-map: an element-wise map: out = x + np.arange(len(x))
x = arange(12.0) - 4
out = []
for i in range(len(x)) { out.append(x[i] + i) }

#: loop-map: this comprehension is an element-wise map: out = x * 2
x = arange(12.0) - 4
out = [v * 2 for v in x]

#: loop-map: this comprehension is an element-wise map: out = x * z + 1
x = arange(12.0) - 4
z = arange(12.0)
out = [a * b + 1 for a, b in zip(x, z)]

#: loop-map: an element-wise map: out = x / 2
x = arange(12.0) - 4
out = zeros(12)
for i, v in enumerate(x) { out[i] = v / 2 }

#: loop-map: an element-wise map: i = 0 ⋄ d = x - z
x = arange(12.0) - 4
z = arange(12.0)
d = zeros(12)
i = 0
for a, b in zip(x, z) {
    d[i] = a - b
    i += 1
}

#: loop-map: an element-wise map: x *= 2
x = arange(12.0) - 4
for i in range(len(x)) { x[i] *= 2 }

#: loop-map: an element-wise map: y = -x
x = arange(12.0) - 4
y = zeros(12)
i = 0
while i < len(x) {
    y[i] = -x[i]
    i += 1
}

#: loop-map: an element-wise map: y = x * 2 * (x * 2 + 1)
x = arange(12.0) - 4
y = zeros(12)
for i in range(len(x)) {
    t = x[i] * 2
    u = t + 1
    y[i] = t * u
}

#: loop-map: an element-wise map: y = x + 1 ⋄ z = x * y
x = arange(12.0) - 4
y = zeros(12)
z = zeros(12)
for i in range(len(x)) {
    y[i] = x[i] + 1
    z[i] = x[i] * y[i]
}

#: loop-map: an element-wise map: y = f(x)
fn f(v) = v * v + 1
x = arange(12.0) - 4
y = zeros(12)
for i in range(len(x)) { y[i] = f(x[i]) }

#: loop-mask: this comprehension is a choice between values: y = np.where(x > 0, x, 0.0)
fn pick(v) = v if v > 0 else 0.0
x = arange(12.0) - 4
y = [pick(v) for v in x]

#: loop-map: an element-wise map: r = m * 2
m = arange(12.0).reshape(3, 4)
r = zeros((3, 4))
for i in range(3) {
    for j in range(4) {
        r[i, j] = m[i, j] * 2
    }
}

#: loop-map: a copy: r = m.T.copy()
m = arange(12.0).reshape(3, 4)
r = zeros((4, 3))
for i in range(3) {
    for j in range(4) { r[j, i] = m[i, j] }
}

#: loop-map: an element-wise map: y[:] = np.arange(12) * np.arange(12)
y = zeros(12)
for i in range(12) { y[i] = i * i }

#: loop-map: a copy: y[::-1] = x
x = arange(12.0) - 4
y = zeros(12)
for i in range(len(x)) { y[len(x) - 1 - i] = x[i] }

#: loop-map: a copy: y = x[::2].copy()
x = arange(12.0) - 4
y = zeros(6)
for i in range(6) { y[i] = x[2 * i] }

#: loop-map: an element-wise map: y = x * k
fn scale(x, k) {
    y = zeros(len(x))
    for i in range(len(x)) { y[i] = x[i] * k }
    y
}
scale(arange(8.0), 3)

#: loop-map: an element-wise map: y[2:10] = x[2:10] + 1
x = arange(12.0) - 4
y = zeros(12)
for i in range(2, 10) { y[i] = x[i] + 1 }

#: loop-map: an element-wise map: y = x * 3
x = arange(12.0) - 4
y = zeros(12)
for i in range(11, -1, -1) { y[i] = x[i] * 3 }

#: loop-map: an element-wise map: y = np.maximum(c, np.arange(12) - 4)
c = ones(12)
y = zeros(12)
for i in range(12) {
    y[i] = max(c[i], i - 4)
}

#: loop-map: a copy: t = a.copy() ⋄ a[:] = b ⋄ b = t.copy()
a = arange(6)
b = arange(6) * 2
for i in range(6) {
    t = a[i]
    a[i] = b[i]
    b[i] = t
}

#: loop-map: an element-wise map: out = np.arange(n) * np.arange(n)
fn squares(n) {
    out = []
    for i in range(n) { out.append(i * i) }
    out
}
squares(8)

#: loop-map: an element-wise map: y = np.minimum(np.maximum(x, 0), 5)
x = arange(12.0) - 4
y = zeros(12)
for i in range(12) { y[i] = min(max(x[i], 0), 5) }

#: loop-map: an element-wise map: y[:] = 2 ** np.arange(8)
y = zeros(8)
for i in range(8) { y[i] = 2 ** i }

#: loop-map: this comprehension is an element-wise map: t = np.arange(1, 4)[:, None] * np.arange(1, 5)
t = [[i * j for j in range(1, 5)] for i in range(1, 4)]

#: loop-map: an element-wise map: y = m.ravel()
m = arange(12.0).reshape(3, 4)
y = []
for row in m { for v in row { y.append(v) } }

#: loop-map: a copy: old = x[:n // 2].copy() ⋄ x[:n // 2] = x[:n - n // 2 - 1:-1] ⋄ x[:n - n // 2 - 1:-1] = old
x = arange(7)
n = len(x)
for i in range(n // 2) { x[i], x[n - 1 - i] = x[n - 1 - i], x[i] }

#: loop-map: a copy: t = x[:3].copy() ⋄ x[:3] = x[:2:-1] ⋄ x[:2:-1] = t
x = arange(6)
for i in range(3) {
    t = x[i]
    x[i] = x[5 - i]
    x[5 - i] = t
}

#: loop-map: an element-wise map: r = np.repeat(a, 3)
a = arange(4)
r = []
for v in a { for k in range(3) { r.append(v) } }

#: loop-map: an element-wise map: r = np.repeat(a * 10, n)
a = arange(4.0)
n = 2
r = []
for i in range(len(a)) {
    for k in range(n) { r.append(a[i] * 10) }
}
