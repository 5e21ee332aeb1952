"""A source that falls silent is noticed, shown to its own and to operators, and heard again."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from prometheus_client import REGISTRY

from services.admission.domain.rhythm.judge import Judgement
from services.admission.handlers.manage_access import NewSource, revoke_key
from services.admission.handlers.silences.show_silences import forget_silences
from services.admission.handlers.tally import store_tally
from services.admission.periodic.judge_sources import judge_sources
from services.admission.settings import Settings
from services.admission.storage.silences.judged import record
from shared.database.transaction import transaction
from shared.security.principal import Principal
from tests.integration.admission.conftest import Open
from tests.integration.admission.hl7v2.door import codes, send
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, movement
from tests.unit.admission.domain.adt.messages import header

NOW = datetime(2026, 10, 27, 12, tzinfo=UTC)
HOURLY = """
INSERT INTO heard_hours SELECT source_id, hour, messages, 0
FROM generate_series($1::timestamptz - interval '56 days', $1 - interval '1 hour', '1 hour') AS hour,
    (VALUES ($2::uuid, 1 << 30), ('00000000-0000-0000-0000-000000000000', (1::bigint << 60) - 1))
        AS heard (source_id, messages)
"""
"""Once an hour, at half past, for eight weeks until now."""
HEARTBEAT = header("X").replace("ADT^X", "NMD^N02").encode()


class Time:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class House:
    """An admission, and one source of it that spoke once an hour."""

    def __init__(self, admission: Admission, source: NewSource, time: Time) -> None:
        self.admission, self.source, self._time = admission, source, time
        self.dependencies = admission.service.dependencies

    async def pass_minutes(self, minutes: int, *, heartbeats: bool = False) -> None:
        """Let time pass while we listen, with what comes meanwhile, and judge."""
        for _ in range(minutes):
            self._time.now += timedelta(minutes=1)
            if heartbeats:
                assert codes(await send(self.admission, self.source, HEARTBEAT)) == ["AA"]
            await store_tally(self.dependencies)
        await judge_sources(self.dependencies)

    async def shown(self) -> dict[str, Any]:
        path = f"/v1/sources/{self.source.source.source_id}/silences"
        answer = await self.admission.client.get(path, headers=bearer(self.source.secret))
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    async def open_for(self, reader: NewSource) -> list[str]:
        answer = await self.admission.client.get("/v1/silences", headers=bearer(reader.secret))
        return [each["source_id"] for each in answer.json()["silences"]]


def counted(reason: str) -> float | None:
    return REGISTRY.get_sample_value("relais_sources_silent", {"reason": reason})


async def hourly(admission: Admission, time: Time) -> House:
    source = await admission.source()
    await admission.rows(HOURLY, NOW, source.source.source_id)
    return House(admission, source, time)


async def test_a_silence_begins_is_shown_to_its_own_and_ends(
    open_admission: Open, admission_settings: Settings
) -> None:
    async with open_admission(admission_settings, clock=(time := Time())) as admission:
        house = await hourly(admission, time)
        await house.pass_minutes(1)
        shown = await house.shown()
        assert (shown["state"], shown["last_message_at"]) == ("as_usual", "2026-10-27T11:30:00Z")
        assert shown["alarm_at"] < "2026-10-27T13:31:00Z"
        await house.pass_minutes(90)
        await judge_sources(house.dependencies)
        shown = await house.shown()
        [silence] = shown["silences"]
        assert (shown["state"], silence["reason"], silence["ended_at"]) == ("nothing_heard",) * 2 + (None,)
        assert counted("nothing_heard") == 1

        own = str(house.source.source.source_id)
        assert await house.open_for(house.source) == [own]
        assert await house.open_for(await admission.source(None, ["operator"])) == [own]
        foreign = await admission.source(CLINIC)
        assert await house.open_for(foreign) == []
        path = f"/v1/sources/{own}/silences"
        assert (await admission.client.get(path, headers=bearer(foreign.secret))).status_code == 404

        assert (await admission.post(house.source, movement())).status_code == 202
        await house.pass_minutes(1)
        shown = await house.shown()
        assert (shown["state"], shown["silences"][0]["ended_at"]) == ("as_usual", "2026-10-27T13:32:00Z")
        assert counted("nothing_heard") == 0
        time.now += timedelta(days=200)
        await forget_silences(house.dependencies)
        assert (await house.shown())["state"] == "learning"


async def test_heartbeats_tell_no_news_from_no_life(
    open_admission: Open, admission_settings: Settings
) -> None:
    async with open_admission(admission_settings, clock=(time := Time())) as admission:
        house = await hourly(admission, time)
        await house.pass_minutes(91, heartbeats=True)
        assert (await house.shown())["state"] == "only_heartbeats"
        assert (counted("only_heartbeats"), counted("nothing_heard")) == (1, 0)
        await house.pass_minutes(110)
        shown = await house.shown()
        assert [each["reason"] for each in shown["silences"]] == ["nothing_heard", "only_heartbeats"]
        headers = bearer(house.source.secret)
        path = f"/v1/sources/{house.source.source.source_id}/heartbeat"
        assert (await admission.client.put(path, headers=headers)).status_code == 204
        other = bearer((await admission.source()).secret)
        assert (await admission.client.put(path, headers=other)).status_code == 404
        await house.pass_minutes(1)
        assert (await house.shown())["state"] == "only_heartbeats"


async def test_while_our_doors_are_closed_and_without_a_key_nobody_is_silent(
    open_admission: Open, admission_settings: Settings
) -> None:
    async with open_admission(admission_settings, clock=(time := Time())) as admission:
        house = await hourly(admission, time)
        time.now += timedelta(days=1)
        await judge_sources(house.dependencies)
        assert (await house.shown())["state"] == "as_usual"
        await house.pass_minutes(90)
        assert (await house.shown())["state"] == "nothing_heard"
        operator = Principal(source_id=house.source.source.source_id, establishment=None, scopes=frozenset())
        await revoke_key(house.dependencies, house.source.key.key_id, by=operator)
        await judge_sources(house.dependencies)
        assert await house.open_for(await admission.source(None, ["operator"])) == []


async def test_a_number_that_never_came_is_named_until_it_comes(admission: Admission) -> None:
    source = await admission.source()
    house = House(admission, source, Time())
    for number, missing in (("7", []), ("10", [{"first": 8, "last": 9}]), ("9", [{"first": 8, "last": 8}])):
        raw = HEARTBEAT.replace(b"|2.5", b"|2.5|" + number.encode(), 1)
        assert codes(await send(admission, source, raw)) == ["AA"]
        await store_tally(house.dependencies)
        assert (await house.shown())["missing"] == missing


async def test_two_workers_that_judge_otherwise_at_once_leave_one_silence(
    open_admission: Open, admission_settings: Settings
) -> None:
    async with open_admission(admission_settings) as admission:
        pool, source_id = admission.service.dependencies.pool, UUID(int=1)
        first = {source_id: Judgement(state="nothing_heard", since=NOW)}
        second = {source_id: Judgement(state="only_heartbeats", since=NOW)}

        async def judge_second() -> None:
            async with transaction(pool) as connection:
                await record(connection, second, now=NOW)

        async with transaction(pool) as connection:
            await record(connection, first, now=NOW)
            judging = asyncio.create_task(judge_second())
            while not await pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                assert not judging.done()
        await judging
        rows = await admission.rows("SELECT reason, ended_at IS NULL AS lasts FROM silences ORDER BY reason")
        assert [(row["reason"], row["lasts"]) for row in rows] == [
            ("nothing_heard", False),
            ("only_heartbeats", True),
        ]
