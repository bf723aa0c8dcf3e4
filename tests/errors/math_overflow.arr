a = np.int8([100, 127])
%overflow error
a + np.int8(1)
