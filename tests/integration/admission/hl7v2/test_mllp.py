"""Over MLLP a bound source states what its keys let it state, for as long as one of them is valid."""

import asyncio

from services.admission.api.mllp.bindings import bindings_of
from services.admission.api.mllp.frames import framed
from services.admission.api.mllp.server import MllpServer
from services.admission.handlers.manage_access import revoke_key
from shared.security.principal import Principal
from tests.integration.admission.hl7v2.door import adt, codes, movements
from tests.integration.admission.running import Admission


async def test_a_source_with_a_valid_key_is_heard_and_no_other(admission: Admission) -> None:
    source, sites = await admission.source(), ["750000010"]
    await admission.source(sites=sites)
    dependencies, stop = admission.service.dependencies, asyncio.Event()
    bound = bindings_of(f"0={source.source.source_id}")
    server = MllpServer(dependencies, bound, host="127.0.0.1")
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
