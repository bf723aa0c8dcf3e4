%numpy y = 2 * (_ + 1)
