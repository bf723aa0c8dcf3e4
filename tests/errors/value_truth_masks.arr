x = arange(3)
x > 0 and x < 2 or not x
