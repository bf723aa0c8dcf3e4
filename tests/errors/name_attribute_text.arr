"abc".encode()
