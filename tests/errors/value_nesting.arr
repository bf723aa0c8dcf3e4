l = ["a"]
for i in range(1500) {
    m = ["b"]
    m.append(l)
    l = m
}
