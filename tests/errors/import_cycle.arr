import "modules/one.arr" as one
