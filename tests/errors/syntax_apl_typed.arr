\iota 3
