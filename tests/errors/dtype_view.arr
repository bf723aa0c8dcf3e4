np.arange(3, dtype=int8).view(int64)
