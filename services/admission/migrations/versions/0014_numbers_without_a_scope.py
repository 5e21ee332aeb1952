"""Whether any number is from before numbers had a scope is known without reading them all."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_NAME = "ix_identifiers_unscoped"


def upgrade() -> None:
    op.create_index(_NAME, "identifiers", ["blind_index"], postgresql_where=sa.text("scope IS NULL"))


def downgrade() -> None:
    op.drop_index(_NAME, table_name="identifiers")
