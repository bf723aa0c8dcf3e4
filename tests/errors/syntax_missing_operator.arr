y = 3 x
