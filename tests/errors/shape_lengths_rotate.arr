1 2 3 ⌽ np.ones((4, 3))
