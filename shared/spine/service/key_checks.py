"""Refuses keys under which the database was not written.

Under another index key everybody would be a new person, and nobody would notice.
"""

from collections.abc import Mapping
from typing import Final

from shared.database.pool import Pool
from shared.security.vault import INDEX_KEY, Vault, beginning

TRIED: Final = 20
"""Wrapped keys of each table that are tried: one may be damaged, not all of them."""

_KNOWN: Final = "SELECT name, value FROM key_checks"
_REGISTER: Final = """
INSERT INTO key_checks (name, value) SELECT * FROM unnest($1::text[], $2::bytea[]) ON CONFLICT DO NOTHING
"""
_FORGET: Final = "DELETE FROM key_checks WHERE name = $1"


class WrongKeys(SystemExit):
    """The process must not start; the message says which setting, why and what to do, and quotes no key."""

    def __init__(self, why: str) -> None:
        super().__init__(f'cannot start: {why} (docs/operating.md, "Another master key")')


async def require_known_keys(pool: Pool, vault: Vault, tables: Mapping[str, str]) -> None:
    """Compare the keys with those that the database knows, and register new ones; raises `WrongKeys`.

    `tables` are those with wrapped keys. The first start of all registers what it is given, once it opens
    what there is.
    """
    known = {row["name"]: row["value"] for row in await pool.fetch(_KNOWN)}
    for name, value in vault.checks.items():
        if known.get(name, value) != value:
            raise WrongKeys(_another(name))
    for name in known.keys() - vault.checks.keys():
        await _require_unused(pool, name, tables)
    for table in tables:
        await _require_readable(pool, vault, table)
    await pool.execute(_REGISTER, list(vault.checks), list(vault.checks.values()))


def _another(name: str) -> str:
    if name == INDEX_KEY:
        return (
            "RELAIS_INDEX_KEY, or the only master key, is not the one of this database's indexes; under it "
            "everybody would be a new person. Set the first one there was"
        )
    return (
        f"the master key {_named(name)} is not the one that this database knows by that id. Set that "
        "one, and give a new key an id of its own"
    )


def _named(name: str) -> str:
    return f"`{name}`" if name else "without an id"


async def _require_readable(pool: Pool, vault: Vault, table: str) -> None:
    tried = f"SELECT wrapped_key FROM {table} WHERE wrapped_key IS NOT NULL LIMIT {TRIED}"  # noqa: S608
    rows = await pool.fetch(tried)
    if rows and not any(vault.opens(row["wrapped_key"]) for row in rows):
        raise WrongKeys(
            f"no key in RELAIS_MASTER_KEY opens what {table} holds. Set those under which it was written"
        )


async def _require_unused(pool: Pool, name: str, tables: Mapping[str, str]) -> None:
    """Forget a master key that is not given any more, unless it still wraps something."""
    head = beginning(name)
    for table in tables:
        wrapped = f"SELECT EXISTS (SELECT FROM {table} WHERE substr(wrapped_key, 1, $1) = $2)"  # noqa: S608
        if await pool.fetchval(wrapped, len(head), head):
            raise WrongKeys(
                f"the master key {_named(name)} is missing from RELAIS_MASTER_KEY and still wraps keys in "
                f"{table}. List it behind the current one, rewrap, then leave it out"
            )
    await pool.execute(_FORGET, name)
