"abc".casefold()
