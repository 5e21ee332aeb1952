"""A member of a circle is the declaration of one establishment, whose own it is to see and to change.

A member of before is that of the one establishment that states facts of the person. Where there are several,
nobody knows: nobody sees or changes them without breaking the glass.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_CARER = sa.text("revoked_at IS NULL AND carer_id IS NOT NULL")
_PROFESSIONAL = sa.text("revoked_at IS NULL AND establishment IS NOT NULL")


def upgrade() -> None:
    op.add_column(
        "members",
        sa.Column(
            "declared_by",
            sa.Text(),
            nullable=False,
            server_default="",
            comment="Establishment that may see and change them; empty: none may without breaking the glass",
        ),
    )
    op.execute(
        """
        UPDATE members SET declared_by = only_one.establishment FROM (
            SELECT person_id, min(establishment) AS establishment FROM presence
            GROUP BY person_id HAVING count(*) = 1
        ) AS only_one WHERE only_one.person_id = members.person_id
        """
    )
    _index("uq_members_carer", ["person_id", "carer_id", "declared_by"], _CARER)
    _index("uq_members_professional", ["person_id", "establishment", "declared_by"], _PROFESSIONAL)
    op.create_index("ix_facts_stated_by", "facts", ["person_id", "stated_by"])
    op.drop_index("ix_facts_person_id", table_name="facts")


def downgrade() -> None:
    op.create_index("ix_facts_person_id", "facts", ["person_id"])
    op.drop_index("ix_facts_stated_by", table_name="facts")
    _index("uq_members_carer", ["person_id", "carer_id"], _CARER)
    _index("uq_members_professional", ["person_id", "establishment"], _PROFESSIONAL)
    op.drop_column("members", "declared_by")


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.drop_index(name, table_name="members")
    op.create_index(name, "members", columns, unique=True, postgresql_where=where)
