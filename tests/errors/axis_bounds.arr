np.sum(np.ones((2, 2)), axis=2)
