"""PostgreSQL: connections, the one place where a transaction begins and ends, migrations."""
