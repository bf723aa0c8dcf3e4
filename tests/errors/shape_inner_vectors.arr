np.ones(3) @ np.ones(4)
