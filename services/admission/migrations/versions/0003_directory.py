"""The directory: establishments, units, identity domains, professionals and their mailboxes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _establishments()
    _professionals()


def downgrade() -> None:
    for table in ("mailboxes", "practices", "professionals", "identity_domains", "units", "establishments"):
        op.drop_table(table)


def _establishments() -> None:
    op.create_table(
        "establishments",
        sa.Column("finess", sa.Text(), primary_key=True),
        sa.Column("level", sa.Text(), nullable=False, comment="legal_entity or site"),
        sa.Column(
            "legal_entity",
            sa.Text(),
            index=True,
            comment="FINESS of a site's legal entity; may come after its sites",
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), comment="Code of the national category"),
        sa.Column("kind", sa.Text(), comment="What the category is called"),
        sa.Column("commune", sa.Text(), comment="COG code"),
        sa.Column("town", sa.Text(), comment="Last line of the postal address"),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), comment="Of the switchboard"),
    )
    op.create_table(
        "units",
        sa.Column("establishment", sa.Text(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text()),
        sa.Column("beds", sa.Integer()),
        sa.Column("phone", sa.Text()),
        sa.Column("email", sa.Text()),
    )
    op.create_table(
        "identity_domains",
        sa.Column("authority", sa.Text(), primary_key=True, comment="In its one spelling"),
        sa.Column("member", sa.Text(), primary_key=True, comment="FINESS of a site or legal entity"),
        sa.Column("domain", sa.Text(), nullable=False, index=True),
    )


def _professionals() -> None:
    op.create_table(
        "professionals",
        sa.Column("rpps", sa.Text(), primary_key=True),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("given_name", sa.Text()),
        sa.Column("profession", sa.Text(), nullable=False),
        sa.Column("specialty", sa.Text()),
    )
    op.create_table(
        "practices",
        sa.Column("rpps", sa.Text(), primary_key=True),
        sa.Column("establishment", sa.Text(), primary_key=True),
    )
    op.create_table(
        "mailboxes",
        sa.Column("holder", sa.Text(), primary_key=True, comment="RPPS (11 digits) or FINESS (9)"),
        sa.Column("address", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False, comment="personal, organisation or application"),
        sa.Column("service", sa.Text(), comment="Of the establishment"),
    )
