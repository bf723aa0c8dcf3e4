#: new
n = 0
for i in range(6) { for j in range(i) { n += i * j } }

#: new
x = np.array([3, 1, 4, 1, 5])
inv = 0
for i in range(len(x)) {
    for j in range(i + 1, len(x)) { if x[i] > x[j] { inv += 1 } }
}

#: new
m = arange(16.0).reshape(4, 4)
low = zeros((4, 4))
for i in range(4) { for j in range(i + 1) { low[i, j] = m[i, j] } }

#: new
x = arange(5.0) ** 2
d = zeros((5, 5))
for i in range(5) {
    for j in range(i, 5) { d[i, j] = abs(x[i] - x[j]) }
}

#: new
x = np.array([3, 1, 4, 1, 5])
d = []
for i in range(len(x)) {
    for j in range(i + 1, len(x)) { d.append(x[j] - x[i]) }
}

#: new
m = arange(16.0).reshape(4, 4)
s = 0
for i in range(4) { for j in range(i, 4) { s += m[i, j] } }

#: new
m = arange(16.0).reshape(4, 4)
r = zeros(4)
for i in range(4) { for j in range(i) { r[i] += m[i, j] } }

#: new
m = arange(16.0).reshape(4, 4)
for i in range(4) { for j in range(4 - i) { m[i, j] = 0 } }

#: new
x = arange(5.0) ** 2
d = zeros((5, 5))
for i in range(5) {
    for j in range(i) {
        d[i, j] = abs(x[i] - x[j])
        d[j, i] = d[i, j]
    }
}

#: new
x = arange(5.0) ** 2
d = zeros((5, 5))
for i in range(5) { for j in range(i) { d[i, j] = d[j, i] = abs(x[i] - x[j]) } }

#: new
x = np.array([3.0, 1.0, 4.0])
best = 0
for i in range(3) { for j in range(i + 1, 3) { best = max(best, x[j] - x[i]) } }

#: new
n = 6
k = 0
for i in range(n) { for j in range(i, n) { k += 1 } }
