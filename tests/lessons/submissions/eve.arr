# Eve has no marks: her names answer
fn total(v) = (v * v).sum()
