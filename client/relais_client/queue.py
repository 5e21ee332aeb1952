"""Keeps statements in a SQLite file, in the order of each person, until Relais has answered them.

A file, not a server: it must outlive this process and a cut of power, where nothing else can be installed.
Several processes may put into it.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self

from relais_client.statement import Statement, numbers_in

State = Literal["queued", "accepted", "refused"]

_BUSY_SECONDS: Final = 30
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS statements (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL,
    person INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    body BLOB,
    state TEXT NOT NULL DEFAULT 'queued',
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,
    settled_at REAL,
    status INTEGER,
    answer BLOB
);
CREATE INDEX IF NOT EXISTS queued_of_person ON statements (person, number) WHERE state = 'queued';
CREATE INDEX IF NOT EXISTS queued ON statements (number) WHERE state = 'queued';
CREATE INDEX IF NOT EXISTS refused ON statements (number) WHERE state = 'refused';
CREATE INDEX IF NOT EXISTS accepted ON statements (settled_at) WHERE state = 'accepted';
CREATE TABLE IF NOT EXISTS numbers (sha256 BLOB PRIMARY KEY, person INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS numbers_of_person ON numbers (person);
"""


class OtherContentError(Exception):
    """Something else was put under this `source_event_id`; an id names one statement for ever."""


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A statement that was answered: Relais' receipt, or the problem that it was refused with."""

    event_id: str
    state: State
    status: int
    answer: bytes


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many statements are in each state."""

    queued: int
    accepted: int
    refused: int


class Queue:
    """The statements of one source. A `Queue` belongs to the thread that opened it; open one for each."""

    def __init__(self, file: Path) -> None:
        """Open the file, which only its owner can read; it is made where there is none."""
        file.touch(mode=0o600)
        self._database = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)
        # FULL: what `put` has returned survives a cut of power.
        self._database.executescript(
            f"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE; {_SCHEMA} COMMIT;"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._database.close()

    def put(self, statement: Mapping[str, Any], *, path: str = "/v1/movements") -> None:
        """Keep a statement: it is on the disk when this returns. The same one again changes nothing.

        Raises:
            ValueError: it has no `source_event_id`.
            OtherContentError: its `source_event_id` was used for another.
        """
        kept = Statement.of(statement, path)
        digest = sha256(f"{path}\n".encode() + kept.body).digest()
        with self._transaction():
            person = self._person_of(statement)
            self._database.execute(
                "INSERT INTO statements (event_id, path, person, sha256, body) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (event_id) DO NOTHING",
                (kept.event_id, path, person, digest, kept.body),
            )
            stored = self._database.execute(
                "SELECT sha256 FROM statements WHERE event_id = ?", (kept.event_id,)
            ).fetchone()
            if stored != (digest,):
                raise OtherContentError(kept.event_id)

    def next_of_each_person(self, *, now: float, most: int) -> list[Statement]:
        """The oldest queued statement of each person who is not waiting, oldest first."""
        rows = self._database.execute(
            "SELECT event_id, path, body, attempts FROM statements AS one"
            " WHERE state = 'queued' AND not_before <= ? AND NOT EXISTS ("
            "  SELECT 1 FROM statements AS earlier WHERE earlier.state = 'queued'"
            "  AND earlier.person = one.person AND earlier.number < one.number"
            " ) ORDER BY number LIMIT ?",
            (now, most),
        )
        return [Statement(event_id, path, body, attempts) for event_id, path, body, attempts in rows]

    def settle(self, settled: Settled, *, now: float) -> None:
        """Keep the answer: of what was accepted only its receipt, of what was refused the statement too."""
        self._database.execute(
            "UPDATE statements SET state = ?, status = ?, answer = ?, settled_at = ?,"
            " body = CASE WHEN ? = 'refused' THEN body END WHERE event_id = ?",
            (settled.state, settled.status, settled.answer, now, settled.state, settled.event_id),
        )

    def postpone(self, event_id: str, *, until: float) -> None:
        """Let a statement wait, and with it all later ones of its person."""
        self._database.execute(
            "UPDATE statements SET attempts = attempts + 1, not_before = ? WHERE event_id = ?",
            (until, event_id),
        )

    def settled(self, event_id: str) -> Settled | None:
        """What a statement was answered; `None` while it was not, or when nobody knows it."""
        row = self._database.execute(
            "SELECT state, status, answer FROM statements WHERE event_id = ? AND state <> 'queued'",
            (event_id,),
        ).fetchone()
        return None if row is None else Settled(event_id=event_id, state=row[0], status=row[1], answer=row[2])

    def refused(self) -> list[Settled]:
        """All that were refused, oldest first: somebody must correct them and send them under a new id."""
        rows = self._database.execute(
            "SELECT event_id, status, answer FROM statements WHERE state = 'refused' ORDER BY number"
        )
        return [
            Settled(event_id=event_id, state="refused", status=status, answer=answer)
            for event_id, status, answer in rows
        ]

    def drop_refused(self, event_id: str) -> bool:
        """Forget a refused statement, after it was corrected; whether there was one."""
        done = self._database.execute(
            "DELETE FROM statements WHERE event_id = ? AND state = 'refused'", (event_id,)
        )
        return done.rowcount == 1

    def retry_refused(self, event_id: str) -> bool:
        """Send a refused statement again as it is, once its cause was put right; whether there was one."""
        done = self._database.execute(
            "UPDATE statements SET state = 'queued', attempts = 0, not_before = 0"
            " WHERE event_id = ? AND state = 'refused'",
            (event_id,),
        )
        return done.rowcount == 1

    def forget_accepted(self, *, before: float) -> int:
        """Forget the receipts of what was accepted before a moment; how many. Put again, it is sent again."""
        done = self._database.execute(
            "DELETE FROM statements WHERE state = 'accepted' AND settled_at < ?", (before,)
        )
        return done.rowcount

    def is_empty(self) -> bool:
        """Whether nothing is queued."""
        (queued,) = self._database.execute(
            "SELECT EXISTS (SELECT 1 FROM statements WHERE state = 'queued')"
        ).fetchone()
        return not queued

    def counts(self) -> Counts:
        """How many are in each state."""
        found: dict[str, int] = dict(
            self._database.execute("SELECT state, count(*) FROM statements GROUP BY state").fetchall()
        )
        return Counts(**{state: found.get(state, 0) for state in ("queued", "accepted", "refused")})

    def _person_of(self, statement: Mapping[str, Any]) -> int:
        """Who it is about: whoever has one of its numbers, all of which are that person's from now on."""
        numbers = numbers_in(statement)
        known: set[int] = set()
        for number in numbers:
            found = self._database.execute("SELECT person FROM numbers WHERE sha256 = ?", (number,))
            known.update(person for (person,) in found)
        persons = sorted(known)
        if not persons:
            (greatest,) = self._database.execute("SELECT coalesce(max(person), 0) FROM numbers").fetchone()
            # What names nobody keeps one order of its own.
            persons = [greatest + 1 if numbers else 0]
        person, *others = persons
        for other in others:
            self._database.execute("UPDATE numbers SET person = ? WHERE person = ?", (person, other))
            self._database.execute(
                "UPDATE statements SET person = ? WHERE person = ? AND state = 'queued'", (person, other)
            )
        self._database.executemany(
            "INSERT INTO numbers (sha256, person) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING",
            [(number, person) for number in numbers],
        )
        return person

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")
