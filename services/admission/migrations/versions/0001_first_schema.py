"""The first schema: submissions, identities and sources, beside the spine."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.spine.revisions import first_schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    first_schema.upgrade()
    _sources()
    _intake()


def downgrade() -> None:
    op.drop_table("identifiers")
    op.drop_table("submissions")
    op.drop_table("sources")
    op.drop_table("persons")
    first_schema.downgrade()


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=True),
        sa.Column("tolerance_seconds", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source_id"),
    )


def _intake() -> None:
    op.create_table(
        "persons",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_table(
        "submissions",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_event_id", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("marks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "record",
            sa.LargeBinary(),
            nullable=False,
            comment="The body as it came, sealed with the person's key",
        ),
        sa.PrimaryKeyConstraint("source_id", "source_event_id"),
        sa.UniqueConstraint("receipt_id"),
    )
    op.create_table(
        "identifiers",
        sa.Column("blind_index", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.person_id"],
        ),
        sa.PrimaryKeyConstraint("blind_index"),
    )
