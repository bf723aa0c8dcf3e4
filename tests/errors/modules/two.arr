import "one.arr" as one
