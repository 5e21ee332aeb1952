"""Whose declaration an invitation follows from: of the questions to one address each has a share."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "invitations",
        sa.Column(
            "declared_by", sa.Text(), nullable=False, server_default="", comment="The establishment that did"
        ),
    )


def downgrade() -> None:
    op.drop_column("invitations", "declared_by")
