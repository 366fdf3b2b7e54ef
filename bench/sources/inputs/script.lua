print(("x"):rep(3), #{1, 2, 3})
