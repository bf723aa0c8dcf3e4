y = zerso(3)
