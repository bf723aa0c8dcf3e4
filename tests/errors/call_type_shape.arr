np.zeros(3, 3)
