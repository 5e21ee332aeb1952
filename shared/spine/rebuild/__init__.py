"""Rebuilds a projection from the publishers' ledgers, compares it with the live one and swaps them."""
