np.dtype('>f8')
