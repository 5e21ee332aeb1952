"""A movement says which legal entity runs its establishment, as the directory has it."""

from time import monotonic

import msgspec
import pytest

from services.admission.handlers import accept_movement
from services.admission.handlers.accept_movement import DIRECTORY_SECONDS
from shared.events.admission import is_movement
from shared.events.registry import PAYLOADS
from tests.integration.admission.directory.test_affiliations import LEGAL, SITE, register_sites
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import encoded, movement


async def published(admission: Admission) -> list[str | None]:
    rows = await admission.rows("SELECT type, data FROM ledger WHERE establishment = $1 ORDER BY id", SITE)
    payloads = [msgspec.json.decode(row["data"], type=PAYLOADS[row["type"]]) for row in rows]
    return [payload.legal_entity for payload in payloads if is_movement(payload)]


async def test_a_movement_in_a_site_names_its_legal_entity(admission: Admission) -> None:
    await register_sites(admission)
    source = await admission.source(SITE)
    await admission.post(source, movement())
    lines = b"\n".join(encoded(movement()) for _ in range(2))
    await admission.client.post("/v1/movements:batch", content=lines, headers=bearer(source.secret))
    assert await published(admission) == [LEGAL, LEGAL, LEGAL]


async def test_a_movement_names_the_time_zone_of_its_establishment(admission: Admission) -> None:
    await register_sites(admission)
    source = await admission.source(SITE)
    person_id = (await admission.post(source, movement())).json()["person_id"]
    [row] = await admission.rows("SELECT data FROM ledger WHERE subject = $1", person_id)
    assert msgspec.json.decode(row["data"])["time_zone"] == "Europe/Paris"


async def test_a_change_of_the_directory_counts_soon(
    admission: Admission, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await admission.source(SITE)
    await admission.post(source, movement())
    await register_sites(admission)
    await admission.post(source, movement())
    monkeypatch.setattr(accept_movement, "monotonic", lambda: monotonic() + DIRECTORY_SECONDS)
    await admission.post(source, movement())
    assert await published(admission) == [None, None, LEGAL]
