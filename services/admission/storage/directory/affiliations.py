"""Holds the SQL that says what is known of establishments, and registers the domains that they share."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from msgspec import convert

from services.admission.domain.directory.affiliation import Affiliation, SharedNumbers
from services.admission.domain.identifiers import by_spelling
from shared.database.pool import Connection, Executor

# What is registered for a site itself comes last, and counts before what its legal entity shares.
_AFFILIATIONS: Final = """
SELECT asked.finess, establishments.legal_entity, establishments.time_zone, shared.authority, shared.domain,
    ARRAY(SELECT code FROM units WHERE establishment = asked.finess ORDER BY code) AS units
FROM unnest($1::text[]) AS asked (finess)
LEFT JOIN establishments ON establishments.finess = asked.finess
LEFT JOIN identity_domains AS shared
    ON shared.member IN (asked.finess, establishments.legal_entity)
ORDER BY shared.member = asked.finess
"""
_HAS_UNSCOPED: Final = "SELECT EXISTS (SELECT FROM identifiers WHERE scope IS NULL)"
_SHARE: Final = """
INSERT INTO identity_domains (authority, member, domain)
SELECT $1, member, $2 FROM unnest($3::text[]) AS m (member) ORDER BY member
ON CONFLICT (authority, member) DO NOTHING
"""
_LEAVE: Final = (
    "DELETE FROM identity_domains WHERE domain = $1 AND NOT (authority = $2 AND member = ANY ($3))"
)
_MEMBERS: Final = "SELECT member, domain FROM identity_domains WHERE authority = $1 AND member = ANY ($2)"

_DOMAINS: Final = """
SELECT domain, authority, array_agg(member ORDER BY member) AS members
FROM identity_domains GROUP BY domain, authority ORDER BY domain
"""


async def affiliations_of(connection: Executor, establishments: Collection[str]) -> dict[str, Affiliation]:
    """What is known of each of the establishments, whether or not the directory lists it."""
    rows = await connection.fetch(_AFFILIATIONS, list(establishments))
    shared: dict[str, dict[str, str]] = defaultdict(dict)
    asked = {row["finess"]: row for row in rows}
    for row in rows:
        if row["authority"] is not None:
            shared[row["finess"]][row["authority"]] = row["domain"]
    return {
        finess: Affiliation(
            finess, row["legal_entity"], row["time_zone"], shared[finess], by_spelling(row["units"])
        )
        for finess, row in asked.items()
    }


async def has_unscoped_numbers(connection: Executor) -> bool:
    """Whether there are numbers from before they had a scope."""
    return bool(await connection.fetchval(_HAS_UNSCOPED))


async def share_domain(
    connection: Connection, domain: str, *, authority: str, members: Collection[str]
) -> None:
    """Make these, and no others, the members of the domain; a member of another domain stays there."""
    await connection.execute(_LEAVE, domain, authority, list(members))
    await connection.execute(_SHARE, authority, domain, list(members))


async def shared_domains(connection: Executor) -> list[SharedNumbers]:
    """Every domain that establishments share, by name."""
    return convert([dict(row) for row in await connection.fetch(_DOMAINS)], list[SharedNumbers])


async def domains_of(connection: Executor, *, authority: str, members: Collection[str]) -> Mapping[str, str]:
    """The domain of each of the members that share this authority."""
    rows = await connection.fetch(_MEMBERS, authority, list(members))
    return {row["member"]: row["domain"] for row in rows}
