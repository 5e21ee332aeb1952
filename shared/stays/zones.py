"""Says by which clock people live in the establishment that a statement is about."""

from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.stays.statements import Statement

METROPOLE: Final = ZoneInfo("Europe/Paris")


def zone_of(statement: Statement) -> ZoneInfo:
    """The zone that came with the statement; that of the metropole where none did, or one unknown here."""
    if statement.time_zone is None:
        return METROPOLE
    try:
        return ZoneInfo(statement.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return METROPOLE
