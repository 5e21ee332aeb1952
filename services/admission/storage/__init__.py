"""Says SQL: the tables of submissions, identities and keys, and the queries on them."""
