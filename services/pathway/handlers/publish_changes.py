"""Publishes changed expectations, and records what was published, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from services.pathway.domain.further.publication import FurtherChange
from services.pathway.domain.publication import Change
from services.pathway.storage import expectations, further_expectations
from shared.database.pool import Connection
from shared.events.registry import PATHWAY
from shared.spine.outbox.append import append


async def publish_changes(connection: Connection, changes: Sequence[Change | None], *, now: datetime) -> int:
    """Publish the changes, of persons whom the caller has locked; the number of events published."""
    real = [change for change in changes if change is not None]
    await expectations.save(connection, [change.published for change in real])
    events = [event for change in real for event in change.events]
    await append(connection, publisher=PATHWAY, events=events, recorded_at=now)
    return len(events)


async def publish_further(
    connection: Connection, changes: Sequence[FurtherChange | None], *, now: datetime
) -> None:
    """The same of further expectations; no statement where nothing changed."""
    real = [change for change in changes if change is not None]
    if real:
        await further_expectations.save(connection, [change.published for change in real])
        events = [change.event for change in real if change.event is not None]
        await append(connection, publisher=PATHWAY, events=events, recorded_at=now)
