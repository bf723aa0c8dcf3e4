l = ["a"]
l.append(l)
