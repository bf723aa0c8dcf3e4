a = np.arange(12).reshape((3, 4))
a[1, 4]
