#: column-walk
m = ones((100, 100))
for j in range(100) { m[:, j] = np.sort(m[:, j]) * j }

#: column-walk
m = ones((100, 100))
for j in range(100) {
    for i in range(100) { print(m[i, j]) }
}

#: column-walk
m = ones((100, 100))
for j in range(100) { print(m[:, j]) }

#: column-walk
m = ones((100, 100))
last = 0
for j in range(100) {
    for i in range(1, 100) {
        last = (last + m[i, j]) % 7
    }
}

#: column-walk
fn columns(m) {
    for j in range(100) { print(m[:, j].max()) }
}
m = ones((100, 100))
columns(m)

#: -
m = ones((100, 100))
for i in range(100) { print(m[i]) }

#: -
m = ones((100, 100))
for i in range(100) {
    for j in range(100) { print(m[i, j]) }
}

#: -
m = np.asfortranarray(ones((100, 100)))
for j in range(100) { print(m[:, j]) }

#: -
m = ones((4, 4))
for j in range(4) { print(m[:, j]) }

#: -
m = ones((100, 100))
t = m.T
for j in range(100) { print(t[:, j]) }

#: -
m = ones((100, 100))
for j in range(100) { print(m[j, :]) }
