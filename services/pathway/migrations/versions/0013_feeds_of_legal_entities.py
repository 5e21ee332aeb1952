"""Who is expected at a legal entity is watched by the feeds of its sites, once they have spoken again."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("feed_hearings", "feeds"):
        op.add_column(table, sa.Column("legal_entity", sa.Text()))


def downgrade() -> None:
    for table in ("feeds", "feed_hearings"):
        op.drop_column(table, "legal_entity")
