"""What attackers try: each a test that fails when its control is taken away."""
