#: lesson A
#: lesson B
#: exercse x
#: hint too early
#: about
