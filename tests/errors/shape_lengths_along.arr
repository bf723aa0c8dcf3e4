m = np.ones((3, 4))
np.take_along_axis(m, np.argmax(m, axis=1), axis=1)
