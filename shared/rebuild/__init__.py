"""A projection, made anew from the ledgers beside the live one, compared with it, and put in its place."""
