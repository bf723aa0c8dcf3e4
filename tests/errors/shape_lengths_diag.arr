t = zeros((2, 3, 4))
np.diag(t)
