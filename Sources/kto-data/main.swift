print("kto-data")
