np.sum([1, 2], axs=0)
