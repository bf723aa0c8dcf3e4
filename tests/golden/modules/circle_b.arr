import circle_a
