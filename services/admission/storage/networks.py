"""Holds the SQL about networks: establishments under one controller, for what, and who shows whom."""

from typing import Final
from uuid import UUID

from msgspec import Struct, convert

from services.admission.domain.movement import Finess, Label
from shared.database.pool import Connection, Executor
from shared.events.envelope import Moment

_SAVE: Final = """
INSERT INTO networks (network_id, name, controller, purpose) VALUES ($1, $2, $3, $4)
ON CONFLICT (network_id) DO UPDATE SET name = excluded.name, controller = excluded.controller,
    purpose = excluded.purpose
"""
_LIST: Final = """
SELECT network_id, name, controller, purpose, establishments, of AS shown, begins_at, ends_at, ended_at
FROM networks JOIN grants ON grant_id = network_id ORDER BY name, network_id
"""


class Network(Struct, frozen=True, kw_only=True):
    """Establishments of one controller, and what they share for."""

    name: Label
    controller: Finess
    """The legal entity that answers for it."""
    purpose: Label
    establishments: tuple[Finess, ...]
    """Who may see."""
    shown: tuple[Finess, ...] = ()
    """Whose statements; none named: of all of them."""


class ListedNetwork(Network, frozen=True, kw_only=True):
    """A network, from when to when it gives anything."""

    network_id: UUID
    begins_at: Moment
    ends_at: Moment | None
    ended_at: Moment | None


async def save_network(connection: Connection, network_id: UUID, network: Network) -> None:
    """Store what is kept of it beside its grant."""
    await connection.execute(_SAVE, network_id, network.name, network.controller, network.purpose)


async def networks(connection: Executor) -> list[ListedNetwork]:
    """All of them, those that ended included."""
    return convert([dict(row) for row in await connection.fetch(_LIST)], list[ListedNetwork])
