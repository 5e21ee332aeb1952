"""Facts about movements keep which fields an update states, and the time that orders it.

What was stored before states all of them, and is ordered by its emission.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("movement_facts", sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("movement_facts", sa.Column("names", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("movement_facts", "names")
    op.drop_column("movement_facts", "ordered_at")
