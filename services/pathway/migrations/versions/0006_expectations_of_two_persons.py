"""A departure that is moved to another person is watched under the same id there."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "expectations",
        sa.Column("reassigned", sa.Text(), nullable=True, comment="Why the departure is another person's"),
    )
    op.execute("ALTER TABLE expectations DROP CONSTRAINT expectations_pkey")
    op.create_primary_key("expectations_pkey", "expectations", ["expectation_id", "person_id"])


def downgrade() -> None:
    op.execute("DELETE FROM expectations WHERE reassigned IS NOT NULL")
    op.execute("ALTER TABLE expectations DROP CONSTRAINT expectations_pkey")
    op.create_primary_key("expectations_pkey", "expectations", ["expectation_id"])
    op.drop_column("expectations", "reassigned")
