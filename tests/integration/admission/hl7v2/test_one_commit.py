"""All that one message states is stored in one commit, once, or not at all."""

import asyncio
from uuid import uuid4

import pytest

from tests.integration.admission.hl7v2.door import adt, codes, errors, movements, send
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import movement

LONG = 130 * "9"
MERGE = b"\rMRG|2^^^CHU-X&1.2.3.4&ISO^PI"


async def test_several_movements_are_stored_together_or_none_is(admission: Admission) -> None:
    source = await admission.source()
    refused = await send(admission, source, adt(number=f"7^CHU-X~{LONG}"))
    assert (codes(refused), errors(refused)) == (["AE"], ["ZBE^1^1^2 102 E"])
    assert await movements(admission) == []
    several = adt(number="7^CHU-X~8")
    answers = await asyncio.gather(*(send(admission, source, several) for _ in range(3)))
    assert [codes(each) for each in answers] == [["AA"]] * 3
    assert len(await movements(admission)) == 2
    (count,) = await admission.rows("SELECT count(DISTINCT xmin::text) AS commits FROM submissions")
    assert count["commits"] == 1


async def test_no_id_of_a_sender_is_taken_by_what_follows_in_a_message(admission: Admission) -> None:
    source = await admission.source()
    assert codes(await send(admission, source, adt(control_id="42#2", number="9"))) == ["AA"]
    assert codes(await send(admission, source, adt(number="7^CHU-X~8"))) == ["AA"]
    answer = await admission.post(source, movement(source_event_id="42#3"))
    assert answer.status_code == 202
    assert len(await movements(admission)) == 4


@pytest.mark.parametrize("means", ["cancel_admission", "cancel_stay"])
async def test_a_message_is_known_again_whatever_its_event_means_by_now(
    admission: Admission, means: str
) -> None:
    source, operator = await admission.source(), await admission.source(scopes=("operator",))
    raw = b"\r".join(line for line in adt().split(b"\r") if not line.startswith(b"ZBE"))
    assert codes(await send(admission, source, raw)) == ["AA"]
    path = f"/v1/sources/{source.source.source_id}/hl7v2-dialect"
    await admission.client.put(path, json={"events": {"A01": means}}, headers=bearer(operator.secret))
    admission.service.dependencies.dialects.clear()
    for _ in range(2):
        assert codes(await send(admission, source, raw)) == ["AA"]
    assert len(await movements(admission)) == 1
    other = await send(admission, source, raw.replace(b"CARDIO", b"NEURO"))
    assert errors(other) == ["MSH^1^10^1 205 E"]


@pytest.mark.parametrize("is_movement_first", [True, False])
async def test_a_message_of_another_kind_is_another_message(
    admission: Admission, is_movement_first: bool
) -> None:
    source = await admission.source()
    messages = [adt(), adt("A40", person="1") + MERGE]
    first, second = messages if is_movement_first else messages[::-1]
    assert codes(await send(admission, source, first)) == ["AA"]
    assert errors(await send(admission, source, second)) == ["MSH^1^10^1 205 E"]
    assert codes(await send(admission, source, first)) == ["AA"]


@pytest.mark.parametrize("event", ["A40", "A28"])
async def test_of_two_messages_at_once_under_one_id_one_is_refused(admission: Admission, event: str) -> None:
    source = await admission.source()
    other = adt(event, person="1") + (MERGE if event == "A40" else b"")
    for _ in range(5):
        number = uuid4().hex[:10]
        answers = await asyncio.gather(
            *(
                send(admission, source, each.replace(b"|42|", f"|{number}|".encode()))
                for each in (adt(), other)
            )
        )
        assert sorted(code for each in answers for code in codes(each)) == ["AA", "AR"]


async def test_what_is_stored_is_known_again_when_identities_were_stated_under_its_id(
    admission: Admission,
) -> None:
    source = await admission.source()
    assert codes(await send(admission, source, adt())) == ["AA"]
    merge = {
        "source_event_id": "42",
        "establishment": source.source.establishment,
        "emitted_at": "2026-03-01T09:00:00+01:00",
        "surviving": {"authority": "1.2.3.4", "value": "1"},
        "merged": {"authority": "1.2.3.4", "value": "2"},
    }
    said = await admission.client.post("/v1/identities/merge", json=merge, headers=bearer(source.secret))
    assert said.status_code == 202
    assert codes(await send(admission, source, adt())) == ["AA"], "its first answer was lost"
    assert errors(await send(admission, source, adt(number="8"))) == ["MSH^1^10^1 205 E"]
    assert len(await movements(admission)) == 1


async def test_identities_of_one_message_are_stated_together(admission: Admission) -> None:
    source = await admission.source()
    pairs = adt("A40", person="1") + MERGE + b"\rPID|1||3^^^CHU-X&1.2.3.4&ISO^PI"
    wrong = pairs + b"\rMRG|" + b"4" * 300 + b"^^^CHU-X&1.2.3.4&ISO^PI"
    assert codes(await send(admission, source, wrong)) == ["AE"]
    assert await admission.rows("SELECT FROM identity_statements") == []
    both = pairs + b"\rMRG|4^^^CHU-X&1.2.3.4&ISO^PI"
    for _ in range(2):
        assert codes(await send(admission, source, both)) == ["AA"]
    rows = await admission.rows("SELECT xmin::text AS commit FROM identity_statements")
    assert (len(rows), len({row["commit"] for row in rows})) == (2, 1)


async def test_a_long_message_is_kept_once(admission: Admission) -> None:
    source = await admission.source()
    numbers = "~".join(f"{count}^CHU-X" for count in range(40))
    raw = adt(number=numbers) + b"\rZZZ|" + b"a" * 200_000
    assert codes(await send(admission, source, raw)) == ["AA"]
    (row,) = await admission.rows("SELECT count(*), sum(length(record)) AS bytes FROM submissions")
    assert row["count"] == 40
    assert row["bytes"] < 300_000
