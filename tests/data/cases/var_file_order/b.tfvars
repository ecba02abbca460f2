days = 20
