"""The routes about whose a number, a movement or a stay is."""
