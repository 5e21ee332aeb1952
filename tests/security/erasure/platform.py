"""Four services over databases of their own; what they publish is carried by hand, in any order."""

import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import msgspec

from services.admission.handlers.manage_access import NewSource, create_source
from services.admission.wiring import SERVICE as ADMISSION
from services.indicators.settings import Settings as IndicatorsSettings
from services.indicators.wiring import SERVICE as INDICATORS
from services.notifications.settings import Settings as NotificationsSettings
from services.notifications.wiring import SERVICE as NOTIFICATIONS
from services.pathway.settings import Settings as PathwaySettings
from services.pathway.wiring import SERVICE as PATHWAY
from shared.database.transaction import transaction
from shared.events.admission import Scope
from shared.security.signatures import Signer
from shared.spine.inbox.applier import Applier
from shared.spine.records.incoming import IncomingRecord
from shared.spine.records.pulled import LedgerEvent, as_incoming
from shared.spine.service.api import connect, create_api
from shared.spine.service.definition import AnyService
from shared.spine.service.opening import OpenService, open_service
from tests.integration.admission.running import SIGNING_KEY, bearer, open_client, settings_for

CreateDatabase = Callable[..., str]
NOWHERE: Final = "127.0.0.1:1"
SERVICES: Final[tuple[AnyService, ...]] = (ADMISSION, PATHWAY, NOTIFICATIONS, INDICATORS)


@dataclass
class Platform:
    """The services as they are wired, but for Kafka."""

    opened: dict[str, OpenService[Any, Any]] = field(default_factory=dict)
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    carried: dict[str, int] = field(default_factory=dict)

    async def source(self, establishment: str | None, *scopes: Scope) -> NewSource:
        """A new key, known to admission alone until it is carried."""
        dependencies = self.opened["admission"].dependencies
        return await create_source(
            dependencies, "ward", establishment=establishment, scopes=scopes, tolerance_seconds=300
        )

    async def ask(self, method: str, service: str, path: str, key: NewSource, body: object = None) -> Any:
        """The answer of a service that does what it is asked."""
        answer = await self.clients[service].request(method, path, json=body, headers=bearer(key.secret))
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def rows(self, service: str, query: str, *arguments: object) -> list[dict[str, Any]]:
        found = await self.opened[service].spine.pool.fetch(query, *arguments)
        return [dict(row) for row in found]

    async def carry(self, *, backwards: bool = False) -> None:
        """Apply everywhere what was published since, until nothing new is."""
        while any([await self._carry_from(publisher, backwards=backwards) for publisher in self.opened]):
            pass

    async def _carry_from(self, publisher: str, *, backwards: bool) -> bool:
        query = "SELECT * FROM ledger WHERE id > $1 ORDER BY id"
        rows = await self.rows(publisher, query, self.carried.get(publisher, 0))
        if not rows:
            return False
        self.carried[publisher] = rows[-1]["id"]
        records = [as_incoming(publisher, _event(row)) for row in rows]
        for service in self.opened.values():
            consumes = service.definition.consumes
            if consumes is not None and publisher in consumes.publishers:
                await _apply(service, records[::-1] if backwards else records)
        return True

    async def found(self, secrets: Sequence[bytes]) -> set[tuple[str, str, bytes]]:
        """Service, table and secret, wherever a table of any schema holds one."""
        holding: set[tuple[str, str, bytes]] = set()
        for service in self.opened:
            tables = await self.rows(
                service,
                "SELECT schemaname, tablename FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
            )
            for table in tables:
                dumped = await self._dump(service, table["schemaname"], table["tablename"])
                holding |= {(service, table["tablename"], each) for each in secrets if each in dumped}
        return holding

    async def _dump(self, service: str, schema: str, table: str) -> bytes:
        dumped = io.BytesIO()
        async with transaction(self.opened[service].spine.pool) as connection:
            await connection.copy_from_table(table, schema_name=schema, output=dumped, format="binary")  # type: ignore[attr-defined]
        return dumped.getvalue()


async def _apply(service: OpenService[Any, Any], records: Sequence[IncomingRecord]) -> None:
    consumes = service.definition.consumes
    assert consumes is not None
    applier = Applier(service.spine.pool, routes=consumes.routes, dependencies=service.dependencies)
    for record in records:
        await applier.apply_pulled([record])


def _event(row: dict[str, Any]) -> LedgerEvent:
    return LedgerEvent(
        event_id=row["event_id"],
        subject=row["subject"],
        sequence=row["sequence"],
        type=row["type"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        data=msgspec.Raw(row["data"]),
    )


@asynccontextmanager
async def running_platform(create_database: CreateDatabase) -> AsyncIterator[Platform]:
    """The four services, each in this process."""
    urls = {service.name: create_database(service.name) for service in SERVICES}
    keys = Signer("test", SIGNING_KEY).public_key
    admission = settings_for(urls["admission"])
    settings: dict[str, Any] = {
        "admission": admission,
        "pathway": PathwaySettings(database_url=urls["pathway"], kafka_bootstrap=NOWHERE, grant_keys=keys),
        "notifications": NotificationsSettings(
            database_url=urls["notifications"],
            kafka_bootstrap=NOWHERE,
            grant_keys=keys,
            master_key=admission.master_key,
            sms_url="http://127.0.0.1:1/sendsms",
            sms_username="relais",
            sms_password="relais",
            smtp_host="127.0.0.1",
            smtp_port=1,
            mail_from="relais@exemple.fr",
            invitations=False,
            public_url="https://p.exemple.fr",
        ),
        "indicators": IndicatorsSettings(
            database_url=urls["indicators"], kafka_bootstrap=NOWHERE, grant_keys=keys
        ),
    }
    platform = Platform()
    async with AsyncExitStack() as stack:
        for service in SERVICES:
            app = create_api(service)
            opened = await stack.enter_async_context(open_service(service, settings[service.name]))
            connect(app, opened)
            platform.opened[service.name] = opened
            platform.clients[service.name] = await stack.enter_async_context(open_client(app))
        yield platform
