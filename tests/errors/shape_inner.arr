a = np.ones((2, 3))
b = np.ones((4, 3))
a @ b
