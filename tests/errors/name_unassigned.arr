fn f() {
    x = x + 1
}
x = 1
f()
