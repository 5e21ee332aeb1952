"""A person with a name, numbers, carers and reasons like nobody else's, who is known everywhere."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from services.admission.handlers.manage_access import NewSource
from tests.integration.admission.hl7v2.door import adt
from tests.integration.admission.running import bearer
from tests.security.erasure.platform import Platform
from tests.unit.admission.bodies import CLINIC, identifier, movement

NUMBER: Final = "270055512345678"
SECRETS: Final = tuple(
    each.encode()
    for each in (
        *(NUMBER, "ZZSECRETNAME", "Quasimodine", "1941-05-17", "IEP-4711", "MVT-4712", "MSG-4713"),
        *("UF-ZZ4714", "Mamie Zouzou", "+33639981234", "zouzou@exemple.fr", "C-118-ZZ"),
        *("Dr Zorglub", "trouvée inconsciente", "garde de nuit Zed", "vu avec sa fille"),
    )
)
OWED: Final = "SELECT count(*) AS n FROM obligations"


@dataclass
class Story:
    """Who she is, and the keys of those who know her."""

    platform: Platform
    ward: NewSource
    operator: NewSource
    person_id: UUID
    keys: list[bytes]

    async def erase(self, status: int = 201) -> dict[str, Any]:
        asked = {"person_id": str(self.person_id), "basis": "consent_withdrawn", "by": "DPO"}
        client = self.platform.clients["admission"]
        answer = await client.post("/v1/erasures", json=asked, headers=bearer(self.operator.secret))
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found


def admitted(**other: Any) -> dict[str, Any]:
    body = movement(identifier(NUMBER), stay_id="IEP-4711", unit="UF-ZZ4714") | other
    body["person"]["traits"]["given_names"] = ["Quasimodine"]
    now = datetime.now(UTC).isoformat()
    return body | {"occurred_at": now, "emitted_at": now}


def left(**other: Any) -> dict[str, Any]:
    due = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    to = {"mode": "transfer", "establishment": CLINIC, "expected_at": due}
    return admitted(kind="transfer", destination=to) | other


async def live(told: Story) -> None:
    """Everything that somebody can say of her, beside her movements."""
    platform, ward, person_id = told.platform, told.ward, told.person_id
    given = {"given_at": "2026-01-20T10:00:00+01:00"}
    carer = {
        "alias": "Mamie Zouzou",
        "night": True,
        "channels": [
            {"medium": "sms", "address": "+33639981234"},
            {"medium": "email", "address": "zouzou@exemple.fr"},
        ],
        "consent": given | {"proof": {"kind": "written", "reference": "C-118-ZZ"}},
    }
    await platform.ask(
        "PUT", "notifications", f"/v1/persons/{person_id}/circle/carers/{uuid4()}", ward, carer
    )
    team = {
        "basis": "team",
        "person": identifier(NUMBER),
        "establishments": [CLINIC],
        "ends_at": (datetime.now(UTC) + timedelta(days=9)).isoformat(),
        "by": "Dr Zorglub",
        "consent": given | {"reference": "C-118-ZZ"},
    }
    await platform.ask("POST", "admission", "/v1/grants", ward, team)
    glass = {"person": identifier(NUMBER), "by": "garde de nuit Zed", "reason": "trouvée inconsciente"}
    await platform.ask("POST", "admission", "/v1/broken-glasses", ward, glass)
    shown = await platform.ask("GET", "pathway", f"/v1/persons/{person_id}/pathway", ward)
    [wait] = shown["expectations"]
    closing = {"author": "Dr Zorglub", "reason": "vu avec sa fille"}
    path = f"/v1/persons/{person_id}/expectations/{wait['expectation_id']}/closure"
    await platform.ask("POST", "pathway", path, ward, closing)
    refused = adt(control_id="", person=NUMBER)
    answer = await platform.clients["admission"].post(
        "/v1/hl7v2", content=refused, headers=bearer(ward.secret)
    )
    assert "MSA|AE" in answer.text
