np.array([1, 2], dtype='S5')
