"""What did the last comparison with a publisher find and do? Kept for the API, the figures and the report."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from shared.database.pool import Executor
from shared.spine.reconciliation.windows import Identity

NAMED: Final = 100
"""So many events are named at most; the numbers are whole."""

_STORE: Final = """
INSERT INTO reconciliations (publisher, completed_at, result) VALUES ($1, $2, $3::jsonb)
ON CONFLICT (publisher) DO UPDATE SET completed_at = excluded.completed_at, result = excluded.result
"""
_READ: Final = "SELECT result::text FROM reconciliations WHERE publisher = $1"


class Mended(msgspec.Struct, frozen=True, kw_only=True):
    """What was found where the two sides differed and nothing was on its way."""

    pulled: int = 0
    """Missing events that were pulled and applied or parked."""
    corrected: int = 0
    """Events whose time of recording was corrected."""
    missing: int = 0
    """Recorded by the publisher, and not to be had here even by pulling."""
    unknown: int = 0
    """Held here, and not known to the publisher: nothing explains that."""
    missing_named: tuple[Identity, ...] = ()
    unknown_named: tuple[Identity, ...] = ()

    def and_also(
        self, *, pulled: int, corrected: int, missing: Sequence[Identity], unknown: Sequence[Identity]
    ) -> "Mended":
        """With what was found in one more cell."""
        return Mended(
            pulled=self.pulled + pulled,
            corrected=self.corrected + corrected,
            missing=self.missing + len(missing),
            unknown=self.unknown + len(unknown),
            missing_named=(*self.missing_named, *missing)[:NAMED],
            unknown_named=(*self.unknown_named, *unknown)[:NAMED],
        )


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One complete comparison."""

    completed_at: datetime
    until: datetime
    """What was recorded before this was compared."""
    seconds: float
    windows: int
    """How many hours were compared; the others were sealed and equal."""
    short: int
    """By how many events this service was short when they were compared, those on their way included."""
    holes: int
    """Sequence numbers that the publisher does not have, though it has later ones."""
    mended: Mended

    @property
    def unexplained(self) -> int:
        """What no turn will mend: a person must look."""
        return self.mended.missing + self.mended.unknown + self.holes


async def store(connection: Executor, publisher: str, result: Result) -> None:
    """Remember the newest one."""
    text = msgspec.json.encode(result).decode()
    await connection.execute(_STORE, publisher, result.completed_at, text)


async def last(connection: Executor, publisher: str) -> Result | None:
    """The newest one, whichever process made it; none while there was none."""
    text = await connection.fetchval(_READ, publisher)
    return None if text is None else msgspec.json.decode(text, type=Result)
