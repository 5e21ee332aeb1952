"""Proof of obligations: what was derived again, what differed, and how one finds what changed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _audited()
    _differences()
    _changes()


def downgrade() -> None:
    op.execute("DROP TRIGGER obligation_vanishes ON obligations")
    op.execute("DROP FUNCTION want_audit()")
    op.drop_index("ix_members_revoked_at", table_name="members")
    op.drop_index("ix_members_joined_at", table_name="members")
    op.drop_index("ix_transitions_changed_at", table_name="transitions")
    op.drop_index("ix_obligations_fact_recorded_at", table_name="obligations")
    op.drop_index("ix_facts_known_at", table_name="facts")
    op.drop_column("facts", "known_at")
    op.drop_table("audit_progress")
    op.drop_table("audit_wanted")
    op.drop_table("obligation_differences")
    op.drop_table("audited_days")


def _audited() -> None:
    op.create_table(
        "audited_days",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="Of recording, in UTC"),
        sa.Column("establishment", sa.Text(), nullable=False, comment="That stated the facts"),
        sa.Column(
            "derived", sa.Integer(), nullable=False, comment="Obligations that the ledgers' events make due"
        ),
        sa.Column("found", sa.Integer(), nullable=False, comment="Obligations that were there"),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("unexpected", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "day", "establishment"),
        comment="What the last audit of each person found",
    )
    op.create_index("ix_audited_days_day", "audited_days", ["day"], unique=False)
    op.create_table(
        "audit_wanted",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        comment="Persons to be audited at the next turn; a person may stand here several times",
    )
    op.create_table(
        "audit_progress",
        sa.Column("the_only", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "changes_until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Changes before this were audited",
        ),
        sa.Column(
            "swept_to", sa.Uuid(), nullable=True, comment="The slow sweep over all persons came this far"
        ),
        sa.Column(
            "swept_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it last came to the end",
        ),
        sa.CheckConstraint("the_only", name="one_row"),
        sa.PrimaryKeyConstraint("the_only"),
    )
    # What was there before is found by the sweep.
    op.execute("INSERT INTO audit_progress (changes_until) VALUES (clock_timestamp())")


def _differences() -> None:
    op.create_table(
        "obligation_differences",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "difference", sa.Text(), nullable=False, comment="missing, unexpected or told_without_right"
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="A constant phrase"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True, comment="When it was no more"),
        sa.Column("settled_as", sa.Text(), nullable=True, comment="repaired, or gone by itself"),
        sa.PrimaryKeyConstraint("event_id", "recipient_id", "kind", "difference"),
        comment="Where the derivation from the ledgers and the table of obligations did not agree",
    )
    op.create_index("ix_obligation_differences_day", "obligation_differences", ["day"], unique=False)
    op.create_index(
        op.f("ix_obligation_differences_person_id"), "obligation_differences", ["person_id"], unique=False
    )
    op.create_index(
        "ix_obligation_differences_open",
        "obligation_differences",
        ["difference"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def _changes() -> None:
    op.add_column(
        "facts",
        sa.Column(
            "known_at", sa.DateTime(timezone=True), nullable=True, comment="By the clock of the database"
        ),
    )
    # Set apart from the column, so that what is there already is not written again.
    op.alter_column("facts", "known_at", server_default=sa.text("clock_timestamp()"))
    _index_in_order_of_time("facts", "known_at")
    _index_in_order_of_time("obligations", "fact_recorded_at")
    _index_in_order_of_time("transitions", "changed_at")
    op.create_index("ix_members_joined_at", "members", ["joined_at"], unique=False)
    op.create_index(
        "ix_members_revoked_at",
        "members",
        ["revoked_at"],
        unique=False,
        postgresql_where=sa.text("revoked_at IS NOT NULL"),
    )
    # Nothing in the service deletes an obligation: whoever does is noticed at the next turn.
    op.execute(
        """
        CREATE FUNCTION want_audit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO audit_wanted (person_id) VALUES (OLD.person_id);
            RETURN NULL;
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER obligation_vanishes AFTER DELETE ON obligations
        FOR EACH ROW EXECUTE FUNCTION want_audit()
        """
    )


def _index_in_order_of_time(table: str, column: str) -> None:
    op.create_index(
        f"ix_{table}_{column}",
        table,
        [column],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"autosummarize": True},
    )
