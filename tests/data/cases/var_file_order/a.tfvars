days = 200
