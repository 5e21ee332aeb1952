"""Adds to the replica of API keys the sites to which a key is bound beside its establishment."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY


def upgrade() -> None:
    """Add them; called by one revision of every service."""
    op.add_column(
        "api_keys",
        sa.Column(
            "sites",
            ARRAY(sa.Text()),
            nullable=False,
            server_default=sa.text("'{}'"),
            comment="Other sites to which the key is bound, too",
        ),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_column("api_keys", "sites")
