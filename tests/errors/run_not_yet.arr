%explain 1 + 1
