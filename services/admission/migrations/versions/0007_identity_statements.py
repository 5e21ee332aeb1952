"""What sources state about identities."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "identity_statements",
        sa.Column("source_id", sa.Uuid(), primary_key=True),
        sa.Column("source_event_id", sa.Text(), primary_key=True),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False, unique=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("emitted_at", _moment, nullable=False),
        sa.Column("merge_id", sa.Uuid(), index=True, comment="The merge that it states or undoes"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="With whose key the record is sealed"),
        sa.Column("marks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("accepted_at", _moment, nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False, comment="The body as it came"),
    )


def downgrade() -> None:
    op.drop_table("identity_statements")
