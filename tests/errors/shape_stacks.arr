a = np.ones((5, 2, 3))
b = np.ones((4, 3, 2))
a @ b
