"""The owner of an address is asked before news is sent there; who was declared before counts as asked."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "contact_points",
        sa.Column(
            "proof",
            sa.Text(),
            nullable=True,
            comment="Why it may be written to; none: its owner has not accepted",
        ),
    )
    op.execute("""
        UPDATE contact_points c SET proof = CASE m.role WHEN 'carer' THEN 'before' ELSE 'desk' END
        FROM members m WHERE m.member_id = c.member_id
    """)
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "invitations",
        sa.Column("contact_id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), nullable=False, index=True),
        sa.Column("address", sa.LargeBinary(), nullable=False, comment="Blind index of where it goes"),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("next_at", moment, comment="When it is sent; none for no more"),
        sa.Column("sent", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("last_sent_at", moment),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_at", moment),
        comment="The owner of an address is asked before anything is told there; outlives the contact",
    )
    op.create_index("ix_invitations_address", "invitations", ["address", "last_sent_at"])
    op.create_index(
        "ix_invitations_next_at",
        "invitations",
        ["next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("invitations")
    op.drop_column("contact_points", "proof")
