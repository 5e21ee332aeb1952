"""The spine's database side: connections, the one transaction edge, its tables and migrations."""
