"""The rights of a person, as an operator serves them: to be told what is kept, and to be forgotten."""
