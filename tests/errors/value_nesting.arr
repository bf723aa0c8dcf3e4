l = ["a"]
for i in range(2000) { l = [l, "b"] }
