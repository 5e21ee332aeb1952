"""Is what the runner of the bus draws right?"""
