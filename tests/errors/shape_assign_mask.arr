a = np.arange(5)
a[a > 2] = [1, 2, 3]
