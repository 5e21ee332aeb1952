"""The first schema: three tables of facts, beside the spine."""

import sqlalchemy as sa
from alembic import op

from shared.spine.revisions import first_schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    first_schema.upgrade()
    _movements()
    _expectations()
    _obligations()


def downgrade() -> None:
    op.drop_table("obligation_facts")
    op.drop_table("expectation_facts")
    op.drop_table("movement_facts")
    first_schema.downgrade()


def _movements() -> None:
    op.create_table(
        "movement_facts",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("stay_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("destination_establishment", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("emitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
        comment="Append-only: every event about a movement",
    )
    op.create_index(
        "ix_movement_facts_establishment",
        "movement_facts",
        ["establishment", "person_id", "movement_id"],
        unique=False,
    )
    op.create_index(
        "ix_movement_facts_movement", "movement_facts", ["person_id", "movement_id"], unique=False
    )


def _expectations() -> None:
    op.create_table(
        "expectation_facts",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("expectation_id", sa.Uuid(), nullable=False),
        sa.Column("from_establishment", sa.Text(), nullable=False),
        sa.Column("to_establishment", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("event_id"),
        comment="Append-only: every event about an expected arrival",
    )
    op.create_index(
        "ix_expectation_facts_due", "expectation_facts", ["from_establishment", "due_at"], unique=False
    )
    op.create_index("ix_expectation_facts_expectation", "expectation_facts", ["expectation_id"], unique=False)


def _obligations() -> None:
    op.create_table(
        "obligation_facts",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("recipient_role", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("fact_occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fact_recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
        comment="Append-only: every outcome of an obligation",
    )
    op.create_index("ix_obligation_facts_obligation", "obligation_facts", ["obligation_id"], unique=False)
    op.create_index(
        "ix_obligation_facts_settled", "obligation_facts", ["establishment", "settled_at"], unique=False
    )
