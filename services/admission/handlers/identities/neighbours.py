"""Tells which establishments know persons, before anything that makes two of them one."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from services.admission.domain.identities.concerned import Knowing, others_concerned
from services.admission.domain.identities.merges import groups
from services.admission.domain.identities.reassignment import held_by
from services.admission.storage.directory.affiliations import affiliations_of
from services.admission.storage.identities import merges, movements
from shared.database.pool import Connection
from shared.events.admission import MovementReassigned, is_movement
from shared.events.envelope import RecordedEvent


class Concerned(Struct, frozen=True):
    """Whom a statement that makes two persons one concerns."""

    own: frozenset[str]
    """The establishment that states it, and those that give the two numbers together with it."""
    others: frozenset[str] = frozenset()
    """Other establishments whose patients this merge would join: a person decides (decision 0027); empty when
    one of the two is known only to `own`."""


async def establishments_knowing(
    connection: Connection, persons: Collection[UUID], published: Mapping[UUID, Sequence[RecordedEvent]]
) -> Knowing:
    """The establishments that ever stated something of each person, or gave them a number.

    What was published of a person while another was merged with them counts for both: too many rather than
    too few.
    """
    knowing: dict[UUID, set[str]] = defaultdict(set)
    for person_id, scope in await merges.decided_scopes(connection, persons):
        knowing[person_id].add(scope)
    for person_id, events in published.items():
        for event in events:
            if is_movement(event.data) or isinstance(event.data, MovementReassigned):
                knowing[person_id].add(event.data.establishment)
        held = held_by(person_id, events)
        whose = await movements.whose(connection, list(held))
        for movement_id, identity in whose.items():
            knowing[identity].add(held[movement_id][-1].data.establishment)
    return knowing


async def establishments_around(connection: Connection, person_id: UUID) -> frozenset[str]:
    """The establishments that know a person, or somebody who is one with them."""
    holding = await merges.connected(connection, [person_id])
    persons = groups([person_id], holding)[person_id]
    published = await movements.published_of(connection, persons)
    return frozenset().union(*(await establishments_knowing(connection, persons, published)).values())


async def concerned_by_merge(
    connection: Connection, pair: tuple[UUID, UUID], *, establishment: str, domains: Collection[str]
) -> Concerned:
    """Whom it concerns that this establishment says so, for the identity domains in which it does."""
    holding = await merges.connected(connection, pair)
    persons = {*pair, *(person for merge in holding for person in (merge.surviving, merge.merged))}
    published = await movements.published_of(connection, persons)
    knowing = await establishments_knowing(connection, persons, published)
    known = {
        *frozenset().union(*knowing.values()),
        *(merge.stated_by for merge in holding if merge.stated_by),
    }
    own = frozenset({establishment, *await _giving_together(connection, known, domains)})
    return Concerned(own, others_concerned(pair, holding, knowing=knowing, own=own))


async def _giving_together(
    connection: Connection, establishments: Collection[str], domains: Collection[str]
) -> set[str]:
    """The domains, and those of the establishments that share one of them."""
    shared = set(domains)
    if not shared:
        return shared
    affiliations = await affiliations_of(connection, establishments)
    members = {finess for finess, one in affiliations.items() if shared & set(one.shared_domains.values())}
    return shared | members
