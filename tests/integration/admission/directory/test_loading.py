"""National extracts are loaded, line by line, and again without a change."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.domain.directory.extract_lines import (
    FINESS_FILE,
    MAILBOXES_HEADER,
    PROFESSIONALS_HEADER,
    RPPS,
    SITE,
    mailbox,
    professional,
)

PATH = "/v1/directory/extracts"


async def operator(admission: Admission) -> dict[str, str]:
    return bearer((await admission.source(None, ["operator"])).secret)


async def load(admission: Admission, body: str | bytes, **query: int) -> dict[str, Any]:
    content = body.encode() if isinstance(body, str) else body
    answer = await admission.client.post(
        PATH, content=content, params=query, headers=await operator(admission)
    )
    assert answer.status_code == 200, answer.text
    loaded: dict[str, Any] = answer.json()
    return loaded


async def get(admission: Admission, path: str) -> Any:
    reader = bearer((await admission.source(scopes=["read"])).secret)
    answer = await admission.client.get(path, headers=reader)
    assert answer.status_code == 200, answer.text
    return answer.json()


def file_of(header: str, lines: Sequence[str]) -> str:
    return "\r\n".join([header, *lines])


async def test_a_finess_extract_lists_legal_entities_with_their_sites(admission: Admission) -> None:
    loaded = await load(admission, FINESS_FILE)
    assert loaded == {"kind": "finess", "lines": 6, "stated": 4, "changed": 4, "refused": []}
    entity = await get(admission, "/v1/establishments/010780054")
    assert entity["establishment"]["level"] == "legal_entity"
    assert [site["finess"] for site in entity["sites"]] == ["010000024"]
    site = await get(admission, "/v1/establishments/970400024")
    assert site["establishment"]["time_zone"] == "Indian/Reunion"


async def test_the_same_extract_again_changes_nothing(admission: Admission) -> None:
    await load(admission, FINESS_FILE)
    assert (await load(admission, FINESS_FILE))["changed"] == 0
    renamed = FINESS_FILE.replace("BOURG-EN-BRESSE FLEYRIAT", "FLEYRIAT")
    assert (await load(admission, renamed))["changed"] == 1


async def test_each_bad_line_is_named_and_the_others_are_loaded(admission: Admission) -> None:
    lines = FINESS_FILE.splitlines()
    body = "\n".join([lines[0], "structureet;1", "", SITE.replace("010000024", "010000025"), SITE])
    loaded = await load(admission, body)
    assert [refused["line"] for refused in loaded["refused"]] == [2, 4]
    assert (loaded["lines"], loaded["stated"], loaded["changed"]) == (4, 1, 1)


async def test_a_part_of_a_file_counts_its_lines_as_the_file_does(admission: Admission) -> None:
    header = FINESS_FILE.splitlines()[0]
    loaded = await load(admission, f"{header}\n{SITE}\nstructureet;1", first_line=500)
    assert (loaded["lines"], loaded["stated"]) == (2, 1)
    assert [refused["line"] for refused in loaded["refused"]] == [501]


async def test_a_professional_is_found_with_practice_and_mailbox(admission: Admission) -> None:
    lines = [professional(), professional(site="970400024"), professional("10100000006")]
    loaded = await load(admission, file_of(PROFESSIONALS_HEADER, lines))
    assert (loaded["kind"], loaded["changed"]) == ("professionals", 3)
    assert [refused["line"] for refused in loaded["refused"]] == [4]
    await load(admission, FINESS_FILE)
    address = "camille.durand@medecin.mssante.fr"
    boxes = [
        mailbox("PER", address, rpps=RPPS),
        mailbox("ORG", "urgences@ch.mssante.fr", structure="010000024", service="Urgences"),
    ]
    assert (await load(admission, file_of(MAILBOXES_HEADER, boxes)))["changed"] == 2
    assert (await load(admission, file_of(MAILBOXES_HEADER, boxes)))["changed"] == 0
    found = await get(admission, f"/v1/professionals/{RPPS}")
    assert found["professional"]["family_name"] == "DURAND"
    assert found["establishments"] == ["010000024", "970400024"]
    assert [box["address"] for box in found["mailboxes"]] == [address]
    site = await get(admission, "/v1/establishments/010000024")
    assert [box["service"] for box in site["mailboxes"]] == ["Urgences"]


async def test_many_thousand_establishments_load_in_one_part(admission: Admission) -> None:
    numbers = [f"{number:08}" for number in range(10_000_000, 10_012_000)]
    lines = [SITE.replace("010000024", number + _key(number)) for number in numbers]
    loaded = await load(admission, "\n".join(["finess;etalab;111;2026-05-12", *lines]))
    assert (loaded["changed"], loaded["refused"]) == (12_000, [])


def _key(number: str) -> str:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(number))]
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


@pytest.mark.parametrize("body", [b"", b"nom;adresse\n1;2", b"\xff\xfe\x00", b"<html>"])
async def test_something_else_is_refused_as_a_whole(admission: Admission, body: bytes) -> None:
    answer = await admission.client.post(PATH, content=body, headers=await operator(admission))
    assert answer.status_code == 422
    assert "FINESS, RPPS or MSSanté" in answer.json()["errors"][0]["detail"]


async def test_only_an_operator_of_the_platform_loads(admission: Admission) -> None:
    for source in (await admission.source(scopes=["operator"]), await admission.source(scopes=["read"])):
        answer = await admission.client.post(PATH, content=b"finess;", headers=bearer(source.secret))
        assert answer.status_code == 403
