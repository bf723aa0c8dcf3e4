# Bob: a loop from his own helper, an error on other inputs, a copy
fn twice(w) {
    out = np.zeros_like(w)
    for i in range(w.size) { out[i] = 2 * w[i] }
    out
}

#: exercise double
twice(x)

#: exercise total
fn total(v) = v[0] ** 2 + v[1:] @ v[1:]

#: exercise halve
x = x / 2

#: exercise every
x[[0, 2, 4]]
