"""An ADT message is stored before it is answered, once, whatever it states."""

from services.admission.api.hl7v2.door import take_message
from services.admission.api.hl7v2.messages import MEDIA_TYPE
from services.admission.handlers.hl7v2.senders import sender_of
from tests.integration.admission.hl7v2.door import adt, codes, errors, movements, send
from tests.integration.admission.running import Admission, bearer, register_unit


async def test_a_message_is_stored_once_before_it_is_acknowledged(admission: Admission) -> None:
    source = await admission.source()
    answer = await send(admission, source, adt())
    assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA_TYPE)
    assert (codes(answer), errors(answer)) == (["AA"], ["PV1^1^3^1 103 W"])
    (event,) = await movements(admission)
    assert event["kind"] == "admission"
    assert event["unit"].startswith("unregistered:"), "CARDIO is registered by nobody"

    again = await send(admission, source, adt().replace(b"20240306111154", b"20240306120000", 1))
    assert codes(again) == ["AA"]
    other = await send(admission, source, adt(number="8"))
    assert (codes(other), errors(other)) == (["AR"], ["MSH^1^10^1 205 E"])
    (kept,) = await admission.rows("SELECT state, findings::text AS said FROM hl7v2_quarantine")
    assert (kept["state"], "205" in kept["said"]) == ("open", True), (
        "an operator sees who uses a number twice"
    )
    wrong = adt(control_id="43", action="REPLACE").replace(b"000003^^^CHU-X&1.2.3.4&ISO^PI", b"")
    assert codes(await send(admission, source, wrong)) == ["AE"]
    assert len(await movements(admission)) == 1


async def test_identities_and_batches_are_stated_too(admission: Admission) -> None:
    source = await admission.source()
    merge = adt("A40", control_id="3", person="1") + b"\rMRG|2^^^CHU-X&1.2.3.4&ISO^PI"
    messages = [
        adt(person="1", control_id="1"),
        adt(person="2", control_id="2", number="8"),
        merge,
        merge,
        adt(control_id=""),
        adt("A60", control_id="4"),
    ]
    answer = await send(admission, source, b"BHS|^~\\&|\r" + b"\r".join(messages) + b"\rBTS|9")
    assert codes(answer) == ["AA", "AA", "AA", "AA", "AE", "AA"]
    assert answer.text.startswith("BHS|")
    assert answer.text.endswith("BTS|6\r")
    assert await admission.rows("SELECT is_merged FROM merges") == [{"is_merged": True}]


async def test_a_plan_a_swap_and_a_death_are_published_as_what_they_are(admission: Admission) -> None:
    source = await admission.source()
    died = adt("A08", control_id="3").replace(b"|F\r", b"|F" + b"|" * 21 + b"20240305214500|Y\r")
    assert died != adt("A08", control_id="3")
    messages = [adt("A05", number="1", control_id="1"), adt("A17", number="2", control_id="2"), died]
    assert [codes(await send(admission, source, each)) for each in messages] == [["AA"]] * 3
    kinds = [event["kind"] for event in await movements(admission)]
    assert kinds == ["planned_admission", "transfer", "death"]


async def test_what_comes_past_the_doors_of_http_leaves_its_entries(admission: Admission) -> None:
    source, dependencies = await admission.source(), admission.service.dependencies
    principal = await sender_of(dependencies, source.source.source_id)
    assert principal is not None
    for raw in (adt(person="1"), adt("A40", control_id="3", person="1") + b"\rMRG|2^^^CHU-X&1.2.3.4&ISO^PI"):
        for _ in range(2):
            taken = await take_message(dependencies, raw, source=principal)
            assert taken.answer.verdict == "A"
    entries = await admission.rows("SELECT * FROM audit.entries ORDER BY at, number")
    assert len({entry["access_id"] for entry in entries}) == len(entries)
    assert [(entry["operation"], entry["why"]) for entry in entries] == [
        ("state_movement", "states"),
        ("state_movement", "repeated"),
        ("state_identity", "states"),
        ("state_identity", "repeated"),
    ]
    assert None not in {entry["person_id"] for entry in entries}


async def test_an_operator_says_how_a_source_writes(admission: Admission) -> None:
    source, operator = await admission.source(), await admission.source(scopes=("operator",))
    path = f"/v1/sources/{source.source.source_id}/hl7v2-dialect"
    unsupported = adt("A60").replace(b"^FRA^2.11", b"")
    assert errors(await send(admission, source, unsupported)) == ["MSH^1^9^1^2 201 E"]
    changed = await admission.client.put(
        path, json={"unsupported": "ignored", "units": {"CARDIO": "3401"}}, headers=bearer(operator.secret)
    )
    assert changed.status_code == 200
    assert codes(await send(admission, source, unsupported)) == ["AA"]
    await register_unit(admission, "3401")
    await send(admission, source, adt())
    (event,) = await movements(admission)
    assert event["unit"] == "3401"
    shown = await admission.client.get(path, headers=bearer(operator.secret))
    assert shown.json()["units"] == {"CARDIO": "3401"}
    wrong = await admission.client.put(path, json={"time_zone": "Mars"}, headers=bearer(operator.secret))
    assert wrong.json()["errors"][0]["pointer"] == "/time_zone"
    stranger = await admission.source("920000023", scopes=("operator",))
    assert (await admission.client.get(path, headers=bearer(stranger.secret))).status_code == 404
    assert (await send(admission, operator, adt())).status_code == 403


async def test_what_was_refused_is_taken_once_the_dialect_is_right(admission: Admission) -> None:
    source, operator = await admission.source(), await admission.source(scopes=("operator",))
    shown = bearer(operator.secret)
    raw = adt().replace(b"|UNICODE UTF-8", b"|").replace(b"MARTIN", "BÉNARD".encode("cp1252"))
    for _ in range(2):
        assert codes(await send(admission, source, raw)) == ["AR"]
    listed = (await admission.client.get("/v1/hl7v2/quarantine", headers=shown)).json()["messages"]
    assert [(each["times"], each["findings"][0]["place"]) for each in listed] == [(2, "MSH-18")]
    path = f"/v1/hl7v2/quarantine/{listed[0]['quarantine_id']}"
    stranger = bearer((await admission.source("920000023", scopes=("operator",))).secret)
    assert (await admission.client.post(f"{path}/apply", headers=stranger)).status_code == 404
    assert (await admission.client.post(f"{path}/apply", headers=shown)).json()["answer"] == "AR"
    (kept,) = await admission.rows("SELECT times FROM hl7v2_quarantine")
    assert kept["times"] == 2, "applying it is not its coming again"

    dialect = f"/v1/sources/{source.source.source_id}/hl7v2-dialect"
    await admission.client.put(dialect, json={"charset": "cp1252"}, headers=shown)
    assert (await admission.client.post(f"{path}/apply", headers=shown)).json()["answer"] == "AA"
    assert len(await movements(admission)) == 1
    assert (await admission.client.get("/v1/hl7v2/quarantine", headers=shown)).json()["messages"] == []
    (kept,) = await admission.rows("SELECT state, record FROM hl7v2_quarantine")
    assert kept["state"] == "applied"
    assert b"MSH" not in bytes(kept["record"])
