"""One number of a stay may be that of two persons: a deletion is of the stay of one of them."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_OLDER = """
DELETE FROM deleted_stays AS older USING deleted_stays AS newer
WHERE older.stay_id = newer.stay_id
    AND (older.emitted_at, older.person_id) < (newer.emitted_at, newer.person_id)
"""


def upgrade() -> None:
    op.drop_constraint("deleted_stays_pkey", "deleted_stays", type_="primary")
    op.create_primary_key("deleted_stays_pkey", "deleted_stays", ["stay_id", "person_id"])


def downgrade() -> None:
    op.execute(_OLDER)
    op.drop_constraint("deleted_stays_pkey", "deleted_stays", type_="primary")
    op.create_primary_key("deleted_stays_pkey", "deleted_stays", ["stay_id"])
