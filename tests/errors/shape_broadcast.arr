a = np.ones((3, 2))
b = np.arange(3)
a + b
