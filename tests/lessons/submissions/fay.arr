# No lines that name exercises, and a function that cannot be read: the others count.
fn square(x) = (x * x
fn total(v) = v @ v
