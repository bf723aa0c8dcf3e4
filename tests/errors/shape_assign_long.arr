a = np.zeros((3, 4))
a[1:3] = np.ones((3, 4))
