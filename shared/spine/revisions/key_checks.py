"""Adds by what a service tells that its keys are those under which its database was written."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add it; called by one revision of every service that seals what is personal."""
    op.create_table(
        "key_checks",
        sa.Column("name", sa.Text(), primary_key=True, comment="Id of a master key, or `index key`"),
        sa.Column(
            "value", sa.LargeBinary(), nullable=False, comment="Derived from the key; opens and finds nothing"
        ),
        comment="Under which keys this database was written",
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("key_checks")
