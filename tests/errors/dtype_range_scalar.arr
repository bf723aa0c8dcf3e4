x = np.int8(300)
