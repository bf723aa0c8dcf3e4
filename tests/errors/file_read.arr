import "modules/binary.arr" as b
