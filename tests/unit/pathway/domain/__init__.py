"""The folds and rules of pathway."""
