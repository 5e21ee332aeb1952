"""What was stated of a person without a movement is found by the person."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_identity_statements_traits",
        "identity_statements",
        ["person_id"],
        postgresql_where=sa.text("action = 'traits'"),
    )


def downgrade() -> None:
    op.drop_index("ix_identity_statements_traits", table_name="identity_statements")
