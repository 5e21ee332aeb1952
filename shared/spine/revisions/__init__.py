"""The spine's part of each service's Alembic history, written once; a service's revision calls it."""

from shared.spine.revisions import audit, erased, first_schema, life_of_keys, reconciliation, sites_of_keys


def create_all() -> None:
    """Create the spine's tables as they are now; called by the first revision of a new service."""
    first_schema.upgrade()
    reconciliation.upgrade()
    sites_of_keys.upgrade()
    life_of_keys.upgrade()
    audit.upgrade()
    erased.upgrade()


def drop_all() -> None:
    """Drop them."""
    erased.downgrade()
    audit.downgrade()
    life_of_keys.downgrade()
    sites_of_keys.downgrade()
    reconciliation.downgrade()
    first_schema.downgrade()
