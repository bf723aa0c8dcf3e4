a = np.arange(5)
a[1.5:]
