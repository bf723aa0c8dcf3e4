l = ["a"]
for i in range(10**6) {
    l = [l, "b"]
}
