np.zeros(3, dtype='flaot64')
