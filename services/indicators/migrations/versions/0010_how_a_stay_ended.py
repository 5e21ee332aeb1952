"""Facts about movements keep how a stay ended; of what was stored before, it is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("movement_facts", sa.Column("destination_mode", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("movement_facts", "destination_mode")
