"""Sources are told what becomes of their movements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "callbacks",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="active, paused or suspended"),
        sa.Column("state_since", _moment, nullable=False),
        sa.Column("why", sa.Text(), comment="Why it is suspended: gone or failing"),
        sa.Column("failures", sa.Integer(), nullable=False, comment="In a row"),
        sa.Column("failing_since", _moment),
        sa.Column("rests_until", _moment),
        sa.Column("delivered_at", _moment, comment="Last"),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False, comment="Sealed"),
        sa.Column("former_secret", sa.LargeBinary(), comment="Sealed; signs, too, until"),
        sa.Column("former_until", _moment),
        sa.PrimaryKeyConstraint("source_id"),
    )
    op.create_table(
        "followed_movements",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_at", _moment, nullable=False, server_default=sa.text("now()")),
        sa.Column("look_at", _moment, nullable=False, server_default=sa.text("now()")),
        sa.Column("told", JSONB(), comment="What each service said; none: nothing was told yet"),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_index("ix_followed_movements_look_at", "followed_movements", ["look_at"])
    op.create_table(
        "callback_deliveries",
        sa.Column("delivery_id", sa.Uuid(), nullable=False, comment="Its webhook-id"),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), comment="None of a ping"),
        sa.Column("news", JSONB(), nullable=False),
        sa.Column("found_at", _moment, nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting, delivered or given_up"),
        sa.Column("due_at", _moment, nullable=False, comment="When it may be tried next"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), comment="The last one: an HTTP status, or what failed"),
        sa.Column("ended_at", _moment),
        sa.PrimaryKeyConstraint("delivery_id"),
    )
    op.create_index("ix_callback_deliveries_listed", "callback_deliveries", ["source_id", "delivery_id"])
    op.create_index(
        "ix_callback_deliveries_due",
        "callback_deliveries",
        ["source_id", "state", "due_at"],
        postgresql_where=sa.text("state <> 'delivered'"),
    )
    op.create_index("ix_callback_deliveries_found_at", "callback_deliveries", ["found_at"])


def downgrade() -> None:
    op.drop_table("callback_deliveries")
    op.drop_table("followed_movements")
    op.drop_table("callbacks")
