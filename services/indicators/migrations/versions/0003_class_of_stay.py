"""Facts about movements keep the class of the stay: a stay without a bed is not in the census.

What was stored before has none, and counts as before until indicators is rebuilt.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("movement_facts", sa.Column("class_of_stay", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("movement_facts", "class_of_stay")
