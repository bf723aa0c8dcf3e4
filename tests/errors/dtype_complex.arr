a = np.zeros(3)
a[0] = 2j
