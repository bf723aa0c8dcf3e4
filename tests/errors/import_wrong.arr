import "modules/wrong.arr" as w
