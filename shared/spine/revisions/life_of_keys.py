"""Adds to the replica of API keys when a key ends by itself, when it was last used, and what it may use."""

import sqlalchemy as sa
from alembic import op

_COLUMNS = (
    ("expires_at", sa.TIMESTAMP(timezone=True), "When it ends by itself; without, never"),
    ("last_used_at", sa.TIMESTAMP(timezone=True), "At this service, within an hour"),
    ("requests_per_second", sa.Integer(), "Of one process; without, a share of what there is"),
    ("concurrent_requests", sa.Integer(), "Of one process; without, a share of what there is"),
    ("bytes_per_minute", sa.BigInteger(), "Of one process; without, a share of what there is"),
)


def upgrade() -> None:
    """Add them; called by one revision of every service."""
    for name, kind, comment in _COLUMNS:
        op.add_column("api_keys", sa.Column(name, kind, comment=comment))


def downgrade() -> None:
    """Remove them."""
    for name, _, _ in _COLUMNS:
        op.drop_column("api_keys", name)
