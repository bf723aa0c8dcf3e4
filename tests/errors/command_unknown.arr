%timt 1 + 1
