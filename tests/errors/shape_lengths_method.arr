m = np.ones((3, 4))
m.dot(np.ones(3))
