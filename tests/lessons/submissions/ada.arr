# Ada: all right
#: exercise double
x + x

#: exercise total
fn total(v) {
    v @ v
}

#: exercise halve
x *= 0.5

#: exercise every
x[::2]
