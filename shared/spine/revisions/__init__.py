"""The spine's part of each service's Alembic history, written once; a service's revision calls it."""
