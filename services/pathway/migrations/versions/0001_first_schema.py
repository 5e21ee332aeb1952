"""The first schema: events, pathways and expectations, beside the spine."""

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
    _pathways()
    _expectations()


def downgrade() -> None:
    op.drop_table("pathways")
    op.drop_table("movement_events")
    op.drop_table("expectations")
    first_schema.downgrade()


def _pathways() -> None:
    op.create_table(
        "movement_events",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False, comment="The payload as JSON"),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_index(op.f("ix_movement_events_person_id"), "movement_events", ["person_id"], unique=False)
    op.create_table(
        "pathways",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "document",
            postgresql.JSONB(),
            nullable=True,
            comment="domain.pathway.Pathway; none only inside the transaction that makes it",
        ),
        sa.PrimaryKeyConstraint("person_id"),
    )


def _expectations() -> None:
    op.create_table(
        "expectations",
        sa.Column("expectation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("departure_movement_id", sa.Uuid(), nullable=False),
        sa.Column("from_establishment", sa.Text(), nullable=False),
        sa.Column("to_establishment", sa.Text(), nullable=False),
        sa.Column("departed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("arrival_movement_id", sa.Uuid(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="open, overdue, met, met_late or withdrawn"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=True, comment="W3C trace context as JSON"),
        sa.PrimaryKeyConstraint("expectation_id"),
    )
    op.create_index(
        "ix_expectations_open",
        "expectations",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_expectations_overdue",
        "expectations",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'overdue'"),
    )
    op.create_index(op.f("ix_expectations_person_id"), "expectations", ["person_id"], unique=False)
