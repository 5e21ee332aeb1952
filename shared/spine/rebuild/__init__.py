"""Rebuilds a projection from the publishers' ledgers beside the live one, compares the two and swaps them."""
