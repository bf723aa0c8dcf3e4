x = 2pi
