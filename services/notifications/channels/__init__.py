"""How does a message leave? One file for each medium, all with the same promises."""
