"""PostgreSQL: connections, transactions, locks and migrations."""
