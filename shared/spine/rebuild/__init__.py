"""A projection is made anew from the ledgers beside the live one, compared with it, and exchanged."""
