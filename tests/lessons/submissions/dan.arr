# Dan: too much memory, in arrays and in text
#: exercise double
np.ones(10**12) * x

#: exercise total
fn total(v) {
    s = "no end"
    while True { s = f"{s}{s}" }
}

#: exercise halve
x /= 2
