"""Whatever is tried in the sandbox, nothing of it is stored."""

from tests.integration.admission.hl7v2.door import adt
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, HOSPITAL, encoded, movement

TABLES = "SELECT format('%I.%I', schemaname, relname) AS name FROM pg_stat_user_tables ORDER BY 1"
JSON = "application/json"
HL7 = "x-application/hl7-v2+er7"


async def counts(admission: Admission) -> dict[str, int]:
    names = [row["name"] for row in await admission.rows(TABLES)]
    query = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS rows FROM {name}" for name in names)  # noqa: S608
    return {row["name"]: row["rows"] for row in await admission.rows(query)}


async def test_only_the_access_is_recorded_and_nothing_else(admission: Admission) -> None:
    source = await admission.source()
    reader = await admission.source(scopes=("read",))
    before = await counts(admission)
    to = {"mode": "transfer", "establishment": CLINIC}
    tried = [
        (encoded(movement()), JSON),
        (encoded(movement(kind="transfer", origin=None, destination=to)), JSON),
        (b"{", JSON),
        (adt(), HL7),
        (adt("A40") + b"\rMRG|2^^^CHU-X&1.2.3.4&ISO^PI", HL7),
        (adt(control_id=""), HL7),
        (b"MSH|", HL7),
    ]
    for content, type_ in tried:
        answer = await admission.client.post(
            "/v1/sandbox", content=content, headers=bearer(source.secret) | {"content-type": type_}
        )
        assert answer.status_code == 200
    refused = await admission.client.post("/v1/sandbox", content=b"{}", headers=bearer(reader.secret))
    assert refused.status_code == 403
    after = await counts(admission)
    changed = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert changed == {"audit.entries": len(tried) + 1}
    entries = await admission.rows("SELECT * FROM audit.entries WHERE operation = 'try_statement'")
    assert {(entry["stage"], entry["person_id"], entry["object_id"]) for entry in entries} == {
        ("done", None, None),
        ("refused", None, None),
    }
    assert {entry["establishment"] for entry in entries} == {HOSPITAL}
