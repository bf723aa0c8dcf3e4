# Cy: does not parse, never ends, forgets one, and answers one that is not asked
#: exercise double
x * (2

#: exercise total
fn total(v) {
    while True { v = v * 1 }
}

#: exercise triple
x * 3
