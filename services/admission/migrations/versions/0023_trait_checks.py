"""Up to where what establishments state of joined persons was compared (decision 0060)."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "identity_statements",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
    )
    op.create_index("ix_identity_statements_number", "identity_statements", ["number"])
    op.create_index(
        "ix_identifiers_joined",
        "identifiers",
        ["person_id"],
        postgresql_where=sa.text("basis = 'qualified_ins'"),
    )
    op.create_table(
        "trait_checks",
        sa.Column("ledger", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("statement", sa.BigInteger(), nullable=False),
    )
    op.execute("INSERT INTO trait_checks (ledger, statement) VALUES (0, 0)")


def downgrade() -> None:
    op.drop_table("trait_checks")
    op.drop_index("ix_identifiers_joined", "identifiers")
    op.drop_index("ix_identity_statements_number", "identity_statements")
    op.drop_column("identity_statements", "number")
