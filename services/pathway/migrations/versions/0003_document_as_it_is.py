"""A pathway's document is kept as it was encoded: nobody asks the database what is in it.

The table is written anew; whoever reads or folds a pathway waits for that.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("pathways", "document", type_=sa.JSON(), postgresql_using="document::json")


def downgrade() -> None:
    op.alter_column("pathways", "document", type_=postgresql.JSONB(), postgresql_using="document::jsonb")
