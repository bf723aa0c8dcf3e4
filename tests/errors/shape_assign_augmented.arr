a = np.zeros(4)
a += np.ones((3, 4))
