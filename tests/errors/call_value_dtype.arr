np.array([1, 2], dtype="int33")
