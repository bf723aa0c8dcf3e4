import "two.arr" as two
