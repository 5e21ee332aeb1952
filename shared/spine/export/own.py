"""Holds the sections that the spine keeps in every service: published, parked, and who had access."""

from collections.abc import Sequence
from typing import Final

from shared.spine.export.section import Content, Section, section, with_json

_PUBLISHED: Final = """
SELECT id AS key, event_id, type, sequence, establishment, occurred_at, recorded_at, data
FROM ledger WHERE subject = ANY ($1) AND id > $2 ORDER BY id LIMIT $3
"""
_PARKED: Final = """
SELECT id AS key, event_id, publisher, type, state, reason, parked_at, settled_at, settled_because, value
FROM parked WHERE subject = ANY ($1) AND id > $2 ORDER BY id LIMIT $3
"""
_PLACE: Final = "chain::text || ':' || lpad(number::text, 15, '0')"
# Exports of the last hour are left out: each page of this one is another, and there would be no last page.
_ACCESSES: Final = f"""
SELECT {_PLACE} AS key, at, operation, stage, why, establishment, source_id, key_id, object_id
FROM audit.entries WHERE person_id = ANY ($1) AND {_PLACE} > $2 COLLATE "C"
    AND NOT (operation = 'export_person' AND at > now() - interval '1 hour')
ORDER BY {_PLACE} COLLATE "C" LIMIT $3
"""  # noqa: S608 - constants
COPIES: Final = {
    "subjects": "the last sequence number of the ledger",
    "inbox": "ids of events that their publisher's ledger gives",
    "holes": "sequence numbers that were missing",
    "erased": "ids that lead to nobody",
    "events_of_nobody": "ids of events that nobody recorded",
}
"""Tables of the spine that keep of a person only what another section gives, or what tells nothing."""


_decoded: Final = with_json("data")


def _published(dependencies: object, row: Content) -> Content:
    """An event as it was published, but for whose a movement is now: that is somebody else."""
    shown = _decoded(dependencies, row)
    return {**shown, "data": {name: said for name, said in shown["data"].items() if name != "to_person"}}


def _as_text(_dependencies: object, row: Content) -> Content:
    """A parked record may be anything but JSON."""
    value = row["value"]
    return {**row, "value": None if value is None else value.decode(errors="replace")}


def own_sections(*, publishes: bool, consumes: bool) -> Sequence[Section]:
    """Those of a service that publishes, or consumes."""
    return (
        *([section("ledger", _PUBLISHED, 0, _published)] if publishes else []),
        *([section("parked", _PARKED, 0, _as_text)] if consumes else []),
        section("accesses", _ACCESSES, ""),
    )
