"""The balance of all that was due and what became of it, by day and establishment.

    due = informed + acknowledged + handled_by_human + superseded + suppressed + pending + expired
          + missing - unexpected + vanished

`due` is what the audits derived from the ledgers, and what was planned since they looked. The last three
terms are the unexplained ones, and none of them is ever netted against another.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from services.notifications.domain.obligations.obligation import counted_status
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage.obligations import balance
from shared.database.transaction import transaction


class ObligationsTally(msgspec.Struct, frozen=True, kw_only=True):
    """The balance of one establishment on one day."""

    day: date
    """On which the facts were recorded, in UTC."""
    establishment: str
    due: int
    informed: int = 0
    acknowledged: int = 0
    handled_by_human: int = 0
    superseded: int = 0
    suppressed: int = 0
    pending: int = 0
    expired: int = 0
    reasons: Mapping[str, Mapping[str, int]]
    """For each outcome that is not 0, the reasons and how often; their sum is the outcome."""
    unaudited: int = 0
    """Of those due, how many were planned since the last audit: not derived a second time yet."""
    missing: int = 0
    unexpected: int = 0
    vanished: int = 0
    """Seen by an audit and not there any more."""
    told_without_right: int = 0
    repaired: int = 0
    """Gaps that an audit found and closed."""
    unexplained: int = 0
    """Missing, unexpected and vanished together; 0 or an incident."""


class ObligationsTallies(msgspec.Struct, frozen=True, kw_only=True):
    """The balances of some days, those without obligations left out."""

    since: date
    until: date
    audited_until: datetime
    """Changes before this moment were audited."""
    swept_at: datetime | None
    """When every person had been looked at for the last time, whatever had changed."""
    tallies: tuple[ObligationsTally, ...]


DayKey = tuple[date, str]
"""The day and the establishment under which obligations are counted."""


async def read_balance(
    dependencies: Dependencies, *, since: date, until: date, establishment: str | None
) -> ObligationsTallies:
    """The balances of these days, `until` included; of one establishment, or of all."""
    first, last = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (since, until))
    asked = (first, last + timedelta(days=1), establishment)
    async with transaction(dependencies.pool) as connection:
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        counted = await balance.counted(connection, *asked)
        audited = await balance.audited(connection, *asked)
        differences = await balance.differences(connection, *asked)
        progress = await balance.progress(connection)
    found = {_day_key(row): row for row in audited}
    reasons = _reasons(counted)
    noted = _noted(differences)
    return ObligationsTallies(
        since=since,
        until=until,
        audited_until=progress["changes_until"],
        swept_at=progress["swept_at"],
        tallies=tuple(
            _tally(each, reasons[each], found.get(each), noted[each])
            for each in sorted({*reasons, *found, *noted})
        ),
    )


def _tally(
    each: DayKey, reasons: Mapping[str, Counter[str]], audited: Any, noted: Counter[tuple[str, str]]
) -> ObligationsTally:
    outcomes = {outcome: counts.total() for outcome, counts in reasons.items()}
    names = ("derived", "found", "missing", "unexpected")
    derived, found, missing, unexpected = (audited[name] if audited else 0 for name in names)
    since_audit = sum(outcomes.values()) - found
    unaudited, vanished = max(0, since_audit), max(0, -since_audit)
    day, establishment = each
    return ObligationsTally(
        day=day,
        establishment=establishment,
        due=derived + unaudited,
        **outcomes,
        reasons=reasons,
        unaudited=unaudited,
        missing=missing,
        unexpected=unexpected,
        vanished=vanished,
        told_without_right=noted["told_without_right", "open"],
        repaired=noted["missing", "repaired"],
        unexplained=missing + unexpected + vanished,
    )


def _reasons(rows: Any) -> Mapping[DayKey, Mapping[str, Counter[str]]]:
    found: dict[DayKey, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for row in rows:
        found[_day_key(row)][counted_status(row["status"])][row["reason"]] += row["number"]
    return found


def _noted(rows: Any) -> Mapping[DayKey, Counter[tuple[str, str]]]:
    found: dict[DayKey, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in rows:
        found[_day_key(row)][row["difference"], row["state"]] += row["number"]
    return found


def _day_key(row: Any) -> DayKey:
    return row["day"], row["establishment"]
