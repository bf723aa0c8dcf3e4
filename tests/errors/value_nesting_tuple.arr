t = ()
for i in range(10**6) {
    t = (t, "b")
}
