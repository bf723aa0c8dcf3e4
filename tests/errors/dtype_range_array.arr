np.array([300], dtype=int8)
