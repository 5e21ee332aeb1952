"""Were the right people told? Derived a second time, from the ledgers, by code that plans nothing.

Written from the rules (decisions 0007 and 0009), not from the code that plans: it imports none of it, and a
test keeps it so. What both agree on is explained; every difference is a bug of one of them.
"""
