"""Messages of HL7 v2 that were refused are kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hl7v2_quarantine",
        sa.Column("quarantine_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("establishment", sa.Text()),
        sa.Column(
            "raw_index", sa.LargeBinary(), nullable=False, comment="By which the same bytes are found again"
        ),
        sa.Column("charset", sa.Text(), comment="What its transport said of it"),
        sa.Column("event", sa.Text(), nullable=False, comment="Trigger; empty where none could be read"),
        sa.Column("findings", JSONB(), nullable=False, comment="As they were answered last"),
        sa.Column("state", sa.Text(), nullable=False, comment="open, applied or dismissed"),
        sa.Column("times", sa.Integer(), nullable=False, comment="How often it came"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="When it came last"),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by", sa.Uuid(), comment="Key of the operator"),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column(
            "record",
            sa.LargeBinary(),
            nullable=False,
            comment="The bytes as they came, sealed with a key of their own",
        ),
        sa.PrimaryKeyConstraint("quarantine_id"),
    )
    op.create_index("ix_hl7v2_quarantine_raw", "hl7v2_quarantine", ["source_id", "raw_index"], unique=True)
    op.create_index(
        "ix_hl7v2_quarantine_state", "hl7v2_quarantine", ["state", "received_at", "quarantine_id"]
    )


def downgrade() -> None:
    op.drop_table("hl7v2_quarantine")
