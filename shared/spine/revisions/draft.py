"""Drafts a service's next revision: `python -m shared.spine.revisions.draft <service> "<what changes>"`.

It compares the tables that the service declares with the database at RELAIS_DATABASE_URL, which must be at
the service's newest revision, and writes the difference as a new file of the history. A service without a
history gets its first revision, which creates the spine's tables by `create_all`. Read what it wrote before
you use it.
"""

import argparse
import asyncio
import importlib
import re
import sys
from pathlib import Path
from typing import Final

from alembic import autogenerate
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from shared.database.migrations import comparison, configuration, on_connection
from shared.runtime.environment import required
from shared.spine.revisions import create_all

_SERVICES: Final = Path(__file__).parents[3] / "services"
_REVISION: Final = '''"""{what}."""

import sqlalchemy as sa
from alembic import op
{imports}
revision = "{revision}"
down_revision = {down_revision}
branch_labels = None
depends_on = None


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
{downgrade}
'''


def draft(metadata: MetaData, connection: Connection, *, is_first: bool) -> tuple[str, str]:
    """The bodies of `upgrade` and `downgrade`, indented; the database stays as it is."""
    context = comparison(connection, metadata)
    if is_first:
        with Operations.context(context):
            create_all()
    script = autogenerate.produce_migrations(context, metadata)
    if script.upgrade_ops is None or script.downgrade_ops is None:
        raise ValueError("the comparison gave no operations")
    upgrade = autogenerate.render_python_code(script.upgrade_ops)
    downgrade = autogenerate.render_python_code(script.downgrade_ops)
    if is_first:
        return f"    create_all()\n    {upgrade}", f"    {downgrade}\n    drop_all()"
    return f"    {upgrade}", f"    {downgrade}"


def main() -> None:
    """Write the draft and print where it is."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("service")
    parser.add_argument("what", help="what changes, in a few words: the revision's docstring and file name")
    arguments = parser.parse_args()
    database_url = required("RELAIS_DATABASE_URL")
    sys.stdout.write(f"{_write(arguments.service, arguments.what, database_url)}\n")


def _write(service: str, what: str, database_url: str) -> Path:
    versions = _SERVICES / service / "migrations" / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    metadata: MetaData = importlib.import_module(f"services.{service}.storage.tables").metadata
    newest = ScriptDirectory.from_config(configuration(service)).get_current_head()

    def act(connection: Connection) -> tuple[str, str]:
        return draft(metadata, connection, is_first=newest is None)

    upgrade, downgrade = asyncio.run(on_connection(database_url, act))
    revision = f"{int(newest or 0) + 1:04}"
    path = versions / f"{revision}_{re.sub('[^a-z0-9]+', '_', what.lower()).strip('_')}.py"
    path.write_text(
        _REVISION.format(
            what=what,
            imports=_imports(upgrade + downgrade, is_first=newest is None),
            revision=revision,
            down_revision=f'"{newest}"' if newest else None,
            upgrade=upgrade,
            downgrade=downgrade,
        )
    )
    return path


def _imports(bodies: str, *, is_first: bool) -> str:
    dialect = "from sqlalchemy.dialects import postgresql\n" if "postgresql." in bodies else ""
    spine = "\nfrom shared.spine.revisions import create_all, drop_all\n" if is_first else ""
    return dialect + spine


if __name__ == "__main__":
    main()
