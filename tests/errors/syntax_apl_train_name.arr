(⊢ - np.abs) 3
