m = np.arange(6).reshape(2, 3)
np.convolve(m, m[0])
