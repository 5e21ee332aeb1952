"""Drives the service in tests: facts in, turns of the lanes, a clock that moves when told."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec

from services.notifications.domain.circle.members import (
    Carer,
    ChannelName,
    Consent,
    Contact,
    Preferences,
    Professional,
)
from services.notifications.domain.circle.rights import CircleRights
from services.notifications.domain.obligations.timing import Waits
from services.notifications.handlers.circle import enrol
from services.notifications.handlers.circle.enrol import put_carer, put_professional
from services.notifications.handlers.circle.invite import send_invitations
from services.notifications.handlers.circle.members import delete_carer
from services.notifications.handlers.delivery.claim_due import OutgoingMessage, claim_due
from services.notifications.handlers.delivery.dispatch import dispatch
from services.notifications.handlers.dependencies import Dependencies, WakeSignals
from services.notifications.handlers.obligations.plan import record_facts
from services.notifications.handlers.obligations.timeouts import expire_obligations, sweep_unknown_attempts
from services.notifications.storage.circle import access
from services.notifications.storage.circle.access import KnownPerson
from shared.database.pool import Executor, Pool
from shared.database.transaction import transaction
from shared.events.envelope import RecordedEvent
from shared.events.notifications import ObligationSettled
from shared.events.registry import TYPES
from shared.security.principal import Principal
from shared.security.vault import Vault
from shared.spine.records.received import ReceivedEvent
from tests.conformance.channels.scripted_channel import ScriptedChannel

PHONE = "+33639980001"
MAIL = "proche@exemple.fr"
PROFESSIONAL_MAIL = "accueil@ehpad.exemple.fr"
ALIAS = "Mamie Zouzou"
PROOF = "registre-4711"
OPERATOR = Principal(source_id=UUID(int=9), establishment=None, scopes=frozenset({"operator"}))
DECLARER = Principal(source_id=UUID(int=9), establishment="990000009", scopes=frozenset({"circle"}))
"""Declares the members of these tests, which are not about who may: for that moment it broke the glass."""
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def carer(*channels: ChannelName, night: bool = False, discretion: Any = 2) -> Carer:
    """A carer with these channels, first choice first."""
    chosen: tuple[ChannelName, ...] = channels or ("sms", "email")
    values: dict[ChannelName, str] = {"sms": PHONE, "email": MAIL}
    return Carer(
        alias=ALIAS,
        consent=Consent(given_at=MORNING, proof_kind="written", proof_reference=PROOF),
        contacts=tuple(Contact(channel=channel, value=values[channel]) for channel in chosen),
        preferences=Preferences(channels=chosen, night=night, discretion=discretion),
    )


@dataclass
class Engine:
    """The service's database and use cases, between scripted channels."""

    pool: Pool
    now: datetime = MORNING
    waits: Waits = field(default_factory=Waits)
    sms: ScriptedChannel = field(default_factory=ScriptedChannel)
    email: ScriptedChannel = field(
        default_factory=lambda: ScriptedChannel("email", gives_delivery_reports=False)
    )
    public_url: str = "https://p.exemple.fr"
    wake_signals: WakeSignals = field(default_factory=WakeSignals)
    invites: bool = False
    """Most tests are about what is told once an address is proven."""

    @property
    def dependencies(self) -> Dependencies:
        return Dependencies(
            pool=self.pool,
            vault=Vault(bytes(range(32))),
            clock=lambda: self.now,
            channels={"sms": self.sms, "email": self.email},
            waits=self.waits,
            zone=ZoneInfo("Europe/Paris"),
            public_url=self.public_url,
            contact_phone="05 36 49 00 00",
            wake_signals=self.wake_signals,
            invites=self.invites,
        )

    async def state(self, *events: RecordedEvent) -> None:
        """One batch of the consumer."""
        received = [
            ReceivedEvent(
                **msgspec.structs.asdict(event),
                type=TYPES[type(event.data)],
                topic="relais.test",
                partition=0,
                offset=0,
            )
            for event in events
        ]
        async with transaction(self.pool) as connection:
            for event in received:
                await connection.execute(
                    "INSERT INTO inbox VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                    event.event_id,
                    event.publisher,
                    event.subject,
                    event.sequence,
                    self.now,
                    event.recorded_at,
                )
            await record_facts(self.dependencies, connection, received)

    async def enrol(
        self, person_id: UUID, member: Carer | None = None, *, carer_id: UUID | None = None
    ) -> UUID:
        """A carer joins, or changes; gives their carer_id."""
        chosen = carer_id or uuid4()
        with _declaring():
            view = await put_carer(
                self.dependencies,
                principal=DECLARER,
                person_id=person_id,
                carer_id=chosen,
                carer=member or carer(),
            )
        assert view is not None
        return chosen

    async def enrol_professional(self, person_id: UUID, establishment: str) -> None:
        engine = Professional(basis="team", contacts=(Contact(channel="email", value=PROFESSIONAL_MAIL),))
        with _declaring():
            view = await put_professional(
                self.dependencies,
                principal=DECLARER,
                person_id=person_id,
                establishment=establishment,
                professional=engine,
            )
        assert view is not None

    async def revoke(self, person_id: UUID, carer_id: UUID) -> None:
        assert await delete_carer(
            self.dependencies, principal=DECLARER, person_id=person_id, carer_id=carer_id
        )

    @asynccontextmanager
    async def broken_glass(
        self, person_id: UUID, by: str = DECLARER.establishments[0]
    ) -> AsyncIterator[None]:
        """An establishment may see and change the whole circle meanwhile."""
        grant_id = uuid4()
        await self.pool.execute(
            "INSERT INTO relations VALUES ($1, $2, 1, 'break_the_glass', $3, '{}', $4, NULL, false)",
            person_id,
            grant_id,
            [by],
            self.now - timedelta(minutes=1),
        )
        yield
        await self.pool.execute("DELETE FROM relations WHERE grant_id = $1", grant_id)

    async def claim(self, channel_name: ChannelName = "sms") -> list[OutgoingMessage]:
        """Attempts that are written and have not left: what a worker that dies here leaves behind."""
        return await claim_due(self.dependencies, channel_name, limit=50)

    async def turn(self) -> None:
        """Everything that is due leaves, over every channel, until nothing more is due now."""
        await sweep_unknown_attempts(self.dependencies)
        await expire_obligations(self.dependencies)
        await send_invitations(self.dependencies)
        for _ in range(20):
            left = False
            for channel_name, channel in self.dependencies.channels.items():
                departures = await self.claim(channel_name)
                for departure in departures:
                    await dispatch(self.dependencies, channel.name, departure)
                left = left or bool(departures)
            if not left and not await self._due_now():
                return
            if not left:
                self.now += timedelta(seconds=self.waits.recheck_seconds)
        raise AssertionError("the lanes do not come to rest")

    async def after(self, **delta: float) -> None:
        """The clock moves, then everything that is due by then leaves."""
        self.now += timedelta(**delta)
        await self.turn()

    async def obligations(self, **where: object) -> list[Any]:
        """Rows, in the order in which their facts happened."""
        rows = await self.pool.fetch("SELECT * FROM obligations ORDER BY fact_occurred_at, kind, event_id")
        return [row for row in rows if all(row[name] == value for name, value in where.items())]

    async def ends(self) -> dict[str, tuple[str, str | None]]:
        """Kind -> status and reason, for tests with one recipient and one event of a kind."""
        return {row["kind"]: (row["status"], row["reason"]) for row in await self.obligations()}

    async def attempts(self) -> Sequence[Any]:
        return await self.pool.fetch("SELECT * FROM attempts ORDER BY claimed_at, number")

    async def outcomes(self) -> list[ObligationSettled]:
        """What was published."""
        rows = await self.pool.fetch("SELECT data FROM ledger ORDER BY id")
        return [msgspec.json.decode(row["data"], type=ObligationSettled) for row in rows]

    async def _due_now(self) -> bool:
        """Waits only for its turn behind another message: a second decides."""
        limit = self.now + timedelta(seconds=self.waits.recheck_seconds)
        due = "SELECT EXISTS (SELECT FROM obligations WHERE status = 'due' AND next_action_at <= $1)"
        return bool(await self.pool.fetchval(due, limit))


def _declaring() -> AbstractContextManager[object]:
    """Meanwhile `DECLARER` may declare, without a stay of its own, which would be told, too."""

    async def rights_over(
        _dependencies: Dependencies,
        connection: Executor,
        _operation: str,
        *,
        principal: Principal,
        person_id: UUID,
        locked: bool,
    ) -> tuple[KnownPerson, CircleRights] | None:
        person = await access.person(connection, person_id, locked=locked)
        declares_as = principal.establishment
        return (
            None if person is None else (person, CircleRights(declares_as=declares_as, has_broken_glass=True))
        )

    return patch.object(enrol, "rights_over", rights_over)
