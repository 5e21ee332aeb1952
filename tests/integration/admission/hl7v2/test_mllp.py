"""Over MLLP a bound source states what its keys let it state, for as long as one of them is valid."""

import asyncio
from dataclasses import replace

import pytest

from services.admission.api.mllp.frames import framed
from services.admission.api.mllp.server import MllpServer
from services.admission.domain.hl7v2.callers import bindings_of
from services.admission.handlers.hl7v2.callers import CallersTaken, change_callers
from services.admission.handlers.manage_access import revoke_key
from shared.security.principal import Principal
from tests.integration.admission.hl7v2.door import adt, codes, movements
from tests.integration.admission.running import Admission, bearer


async def test_a_source_with_a_valid_key_is_heard_and_no_other(admission: Admission) -> None:
    source, sites = await admission.source(), ["750000010"]
    await admission.source(sites=sites)
    dependencies, stop = admission.service.dependencies, asyncio.Event()
    bound = bindings_of(f"0={source.source.source_id}")
    server = MllpServer(dependencies, bound, ports=[0], host="127.0.0.1")
    running = asyncio.create_task(server.run(stop))
    await server.listening.wait()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.ports[0])
    try:
        writer.write(framed(adt()))
        assert codes((await reader.readuntil(b"\x1c\r")).strip(b"\x0b\x1c\r")) == ["AA"]
        assert len(await movements(admission)) == 1

        operator = Principal(source_id=source.source.source_id, establishment=None, scopes=frozenset())
        await revoke_key(dependencies, source.key.key_id, by=operator)
        dependencies.senders.clear()  # as if its seconds had passed
        writer.write(framed(adt(control_id="43", number="8")))
        assert codes((await reader.readuntil(b"\x1c\r")).strip(b"\x0b\x1c\r")) == ["AR"]
        assert len(await movements(admission)) == 1
    finally:
        writer.close()
        stop.set()
        await running


async def test_an_operator_of_the_platform_says_who_calls(admission: Admission) -> None:
    source, other = await admission.source(), await admission.source("920000023")
    operator = bearer((await admission.source(None, scopes=("operator",))).secret)
    path = f"/v1/sources/{source.source.source_id}/mllp-callers"
    wrong = await admission.client.put(path, json={"callers": ["10.1.2.3/8", "mars"]}, headers=operator)
    assert [each["pointer"] for each in wrong.json()["errors"]] == ["/callers/0", "/callers/1"]
    dependencies, stop = admission.service.dependencies, asyncio.Event()
    server = MllpServer(dependencies, (), ports=[0], host="127.0.0.1")
    running = asyncio.create_task(server.run(stop))
    await server.listening.wait()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.ports[0])
        assert await reader.read() == b"", "nobody may call yet"
        writer.close()

        said = await admission.client.put(path, json={"callers": ["127.0.0.1"]}, headers=operator)
        assert said.json() == {"callers": ["127.0.0.1/32"]}
        entries = await admission.rows(
            "SELECT object_id FROM audit.entries WHERE operation = 'change_mllp_callers' AND stage = 'done'"
        )
        assert [each["object_id"] for each in entries] == [source.source.source_id], "who changed it is known"
        assert (await admission.client.get(path, headers=operator)).json() == said.json()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.ports[0])
        writer.write(framed(adt()))
        assert codes((await reader.readuntil(b"\x1c\r")).strip(b"\x0b\x1c\r")) == ["AA"]
        writer.close()
    finally:
        stop.set()
        await running
    taken = f"/v1/sources/{other.source.source_id}/mllp-callers"
    refused = await admission.client.put(taken, json={"callers": ["127.0.0.1"]}, headers=operator)
    assert (refused.status_code, refused.json()["callers"]) == (409, ["127.0.0.1/32"])
    assert (await admission.client.get(taken, headers=operator)).json() == {"callers": []}
    preset = bindings_of(f"2575@10.1.2.0/24={source.source.source_id}")
    with pytest.raises(CallersTaken):
        await change_callers(
            replace(dependencies, preset_callers=preset), other.source.source_id, {"10.1.2.0/24"}
        )
    tenant = bearer((await admission.source(scopes=("operator",))).secret)
    assert (await admission.client.put(path, json={"callers": []}, headers=tenant)).status_code == 403
