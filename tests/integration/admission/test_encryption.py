"""A copy of the database shows nobody's name, number or stay."""

import base64
import io
from collections.abc import Sequence

from sqlalchemy import Table

from services.admission.storage.submissions import RECORD_CONTEXT
from services.admission.storage.tables import metadata
from services.admission.wiring import SERVICE
from services.notifications import wiring as notifications
from services.notifications.storage.tables import metadata as notifications_metadata
from shared.database.transaction import transaction
from shared.security.master_keys import master_keys_of
from shared.security.vault import Vault
from shared.spine.service.rewrap import Rewrapped, rewrap_all
from tests.integration.admission.hl7v2.door import adt, codes, send
from tests.integration.admission.running import MASTER_KEY, Admission, register_unit
from tests.unit.admission.bodies import NAME, encoded, identifier, movement

SECRETS = (
    NAME,
    "Camille",
    "1941-05-17",
    "270055512345678",
    "IEP-4711",
    "MVT-4712",
    "CHAMBRE 7",
    "said in confidence",
)


def confidential() -> bytes:
    return encoded(
        movement(
            identifier("270055512345678"),
            stay_id="IEP-4711",
            movement_id="MVT-4712",
            unit="CHAMBRE 7",
            note="said in confidence",
        )
    )


async def test_no_table_holds_anything_personal_in_the_clear(admission: Admission) -> None:
    source = await admission.source()
    body = confidential()
    assert all(secret.encode() in body for secret in SECRETS)
    await register_unit(admission, "CARDIO")
    assert (await admission.post(source, body)).status_code == 202
    refused = adt(control_id="").replace(b"MARTIN", NAME.encode())
    assert codes(await send(admission, source, refused)) == ["AE"]
    dumped = b""
    for table in metadata.sorted_tables:
        bytes_of_table = io.BytesIO()
        async with transaction(admission.service.spine.pool) as connection:
            await connection.copy_from_table(table.name, output=bytes_of_table, format="binary")  # type: ignore[attr-defined]
        dumped += bytes_of_table.getvalue()
    assert b"CARDIO" in dumped, "the search would find what is there"
    assert b"MSH-10 is missing" in dumped, "the refused message is there"
    assert [secret for secret in (*SECRETS, source.secret) if secret.encode() in dumped] == []


async def test_the_record_decrypts_to_the_body_as_it_came(admission: Admission) -> None:
    body = confidential()
    event_id = (await admission.post(await admission.source(), body)).json()["event_id"]
    [row] = await admission.rows(
        """
        SELECT record, wrapped_key, event_id FROM submissions
        JOIN ledger USING (event_id) JOIN persons ON person_id = subject WHERE event_id = $1
        """,
        event_id,
    )
    context = RECORD_CONTEXT + row["event_id"].bytes
    assert Vault(MASTER_KEY).decrypt(row["wrapped_key"], row["record"], context=context) == body


async def test_all_keys_are_wrapped_again_while_it_runs_and_the_old_master_key_may_go(
    admission: Admission,
) -> None:
    source = await admission.source()
    body = confidential()
    assert (await admission.post(source, body)).status_code == 202
    await send(admission, source, adt(control_id=""))
    new, old = (base64.b64encode(key).decode() for key in (bytes(32), MASTER_KEY))
    pool, tables = admission.service.spine.pool, SERVICE.wrapped_keys
    both = Vault(master_keys_of(f"2026:{new},{old}", old))
    assert await rewrap_all(pool, both, tables) == Rewrapped(done=2)
    assert await rewrap_all(pool, both, tables) == Rewrapped()
    alone = Vault(master_keys_of(f"2026:{new}", old))
    [row] = await admission.rows("SELECT record, wrapped_key, event_id FROM submissions, persons")
    context = RECORD_CONTEXT + row["event_id"].bytes
    assert alone.decrypt(row["wrapped_key"], row["record"], context=context) == body
    assert await rewrap_all(pool, Vault(master_keys_of(f"{old},2026:{new}", old)), tables) == Rewrapped(
        done=2
    )
    assert (await admission.post(source, body)).status_code == 200


def test_every_table_with_keys_is_wrapped_again() -> None:
    for service in (SERVICE, notifications.SERVICE):
        keyed = {table.name for table in _tables(service.name) if "wrapped_key" in table.columns}
        assert keyed == set(service.wrapped_keys)


def _tables(name: str) -> Sequence[Table]:
    return {"admission": metadata, "notifications": notifications_metadata}[name].sorted_tables


async def test_each_person_has_a_key_of_their_own(admission: Admission) -> None:
    source = await admission.source()
    for _ in range(3):
        await admission.post(source, movement())
    assert len(await admission.rows("SELECT DISTINCT wrapped_key FROM persons")) == 3
