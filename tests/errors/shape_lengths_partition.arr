m = zeros((3, 4))
np.partition(m, 7)
