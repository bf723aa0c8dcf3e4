import circle_b
