"""The first schema: circles, facts, obligations and attempts, beside the spine."""

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
    _circle()
    _facts()
    _obligations()
    _attempts()
    _evidence()


def downgrade() -> None:
    op.drop_table("delivery_reports")
    op.drop_table("attempts")
    op.drop_table("transitions")
    op.drop_table("human_tasks")
    op.drop_table("page_tokens")
    op.drop_table("obligations")
    op.drop_table("facts")
    op.drop_table("contact_points")
    op.drop_table("members")
    op.drop_table("presence")
    op.drop_table("persons")
    op.execute("DROP FUNCTION record_transition()")
    first_schema.downgrade()


def _circle() -> None:
    op.create_table(
        "persons",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "wrapped_key",
            sa.LargeBinary(),
            nullable=True,
            comment="From the first enrolment on; without it, erased",
        ),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_table(
        "presence",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "establishment"),
    )
    op.create_table(
        "members",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("carer_id", sa.Uuid(), nullable=True),
        sa.Column("establishment", sa.Text(), nullable=True),
        sa.Column("alias", sa.LargeBinary(), nullable=True, comment="Sealed with the person's key"),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("consent", sa.LargeBinary(), nullable=True, comment="Sealed with the person's key"),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("night", sa.Boolean(), nullable=False),
        sa.Column("discretion", sa.SmallInteger(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(carer_id IS NULL) <> (establishment IS NULL)", name="carer_or_professional"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.person_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id"),
    )
    op.create_index(op.f("ix_members_person_id"), "members", ["person_id"], unique=False)
    op.create_index(
        "uq_members_carer",
        "members",
        ["person_id", "carer_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL AND carer_id IS NOT NULL"),
    )
    op.create_index(
        "uq_members_professional",
        "members",
        ["person_id", "establishment"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL AND establishment IS NOT NULL"),
    )
    op.create_table(
        "contact_points",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False, comment="Sealed with the person's key"),
        sa.Column("value_index", sa.LargeBinary(), nullable=False, comment="Blind: finds the same contact"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.member_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contact_id"),
        sa.UniqueConstraint("member_id", "channel"),
    )
    op.create_index(op.f("ix_contact_points_member_id"), "contact_points", ["member_id"], unique=False)
    op.create_index(op.f("ix_contact_points_value_index"), "contact_points", ["value_index"], unique=False)


def _facts() -> None:
    op.create_table(
        "facts",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("stated_by", sa.Text(), nullable=True, comment="Establishment whose event it is"),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "trace",
            sa.Text(),
            nullable=True,
            comment="W3C trace context as JSON, of the span that applied it",
        ),
        sa.Column("data", sa.LargeBinary(), nullable=False, comment="The payload as JSON"),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_index(op.f("ix_facts_person_id"), "facts", ["person_id"], unique=False)


def _obligations() -> None:
    op.create_table(
        "obligations",
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_role", sa.Text(), nullable=False),
        sa.Column("stated_by", sa.Text(), nullable=False, comment="Establishment that stated the fact"),
        sa.Column(
            "aspect",
            sa.Text(),
            nullable=False,
            comment="What the news is about; older news is not sent after newer",
        ),
        sa.Column(
            "fact_key", sa.Text(), nullable=False, comment="The fact whose versions supersede each other"
        ),
        sa.Column("shown_kind", sa.Text(), nullable=False, comment="The fact that the reader is told"),
        sa.Column("said", sa.Text(), nullable=False, comment="Equal for equal words"),
        sa.Column("fact_occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fact_recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fact_sequence", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "barred_by",
            sa.Text(),
            nullable=True,
            comment="Why it is not sent again, once what is open is known",
        ),
        sa.Column("superseded_by", sa.Uuid(), nullable=True, comment="The event that made it old news"),
        sa.Column("lane", sa.Text(), nullable=False, comment="Channel that is due next"),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_action_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True, comment="The one that reached the recipient"),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trace", sa.Text(), nullable=True, comment="W3C trace context as JSON"),
        sa.CheckConstraint(
            "(next_action_at IS NULL) = (status IN ('informed', 'acknowledged', 'handled_by_human', "
            "'superseded', 'suppressed', 'expired'))",
            name="no_orphan",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.person_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["recipient_id"], ["members.member_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("obligation_id"),
        sa.UniqueConstraint("event_id", "recipient_id", "kind"),
    )
    op.create_index(
        "ix_obligations_due",
        "obligations",
        ["lane", "next_action_at"],
        unique=False,
        postgresql_where=sa.text("next_action_at IS NOT NULL"),
    )
    op.create_index(
        "ix_obligations_open",
        "obligations",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("next_action_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_obligations_person_id"), "obligations", ["person_id"], unique=False)
    op.create_index(op.f("ix_obligations_recipient_id"), "obligations", ["recipient_id"], unique=False)
    op.create_table(
        "page_tokens",
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["obligation_id"], ["obligations.obligation_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_sha256"),
    )
    op.create_index(op.f("ix_page_tokens_obligation_id"), "page_tokens", ["obligation_id"], unique=False)
    op.create_table(
        "human_tasks",
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("obligation_id"),
    )
    op.create_table(
        "transitions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_transitions_obligation_id"), "transitions", ["obligation_id"], unique=False)


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("attempt_id"),
        sa.UniqueConstraint("obligation_id", "number"),
    )
    op.create_index(
        "ix_attempts_claimed",
        "attempts",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("status = 'claimed'"),
    )
    op.create_table(
        "delivery_reports",
        sa.Column("report_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("report_id"),
    )
    op.create_index(op.f("ix_delivery_reports_attempt_id"), "delivery_reports", ["attempt_id"], unique=False)
    op.create_index(
        "ix_delivery_reports_waiting",
        "delivery_reports",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("applied_at IS NULL"),
    )


def _evidence() -> None:
    op.execute(
        """
        CREATE FUNCTION record_transition() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO transitions (obligation_id, status, reason, changed_at)
            VALUES (NEW.obligation_id, NEW.status, NEW.reason, clock_timestamp());
            RETURN NULL;
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER obligation_begins AFTER INSERT ON obligations
        FOR EACH ROW EXECUTE FUNCTION record_transition()
        """
    )
    op.execute(
        """
        CREATE TRIGGER obligation_changes AFTER UPDATE OF status ON obligations
        FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION record_transition()
        """
    )
