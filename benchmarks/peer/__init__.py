"""The textbook peer: the same promises as tutorials write them."""
