"""What was acknowledged over MLLP outlives a kill; whatever was not can be sent again."""

import asyncio
import os
import signal
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import Popen

from deploy.local.ports import free_port
from services.admission.api.hl7v2.door import take_message
from services.admission.api.mllp.frames import framed
from services.admission.handlers.hl7v2.senders import sender_of
from tests.integration.admission.hl7v2.door import adt, codes, movements
from tests.integration.admission.running import MASTER_KEY, Admission

PEERS = 8
ACKNOWLEDGED = 60


def _message(number: int) -> bytes:
    return adt(control_id=str(number), number=f"{number}a^CHU-X~{number}b", person=str(number))


@contextmanager
def _process(database_url: str, source_id: object, ports: tuple[int, int]) -> Iterator[Popen[bytes]]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[4]),
        "RELAIS_DATABASE_URL": database_url,
        "RELAIS_KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "RELAIS_MASTER_KEY": b64encode(MASTER_KEY).decode(),
        "RELAIS_TEST_NUMBERS": "accepted",
        "RELAIS_MLLP_SOURCES": f"{ports[0]}={source_id}",
        "RELAIS_METRICS_PORT": str(ports[1]),
    }
    with Popen([sys.executable, "-m", "services.admission.mllp"], env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


async def _opened(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    while True:
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)  # a process starts, and nobody tells when


async def test_what_was_acknowledged_outlives_a_kill_and_the_rest_is_sent_again(admission: Admission) -> None:
    source = await admission.source()
    source_id = source.source.source_id
    port, acknowledged, sent = free_port(), set[int](), set[int]()
    numbers = iter(range(1_000_000))
    enough = asyncio.Event()

    async def send_until_it_dies() -> None:
        reader, writer = await _opened(port)
        with closing(writer):
            for number in numbers:
                sent.add(number)
                writer.write(framed(_message(number)))
                try:
                    answer = await reader.readuntil(b"\x1c\r")
                except (asyncio.IncompleteReadError, ConnectionError):
                    return
                assert codes(answer.strip(b"\x0b\x1c\r")) == ["AA"]
                acknowledged.add(number)
                if len(acknowledged) >= ACKNOWLEDGED:
                    enough.set()

    url = admission.service.settings.database_url
    with _process(url, source_id, (port, free_port())) as process:
        async with asyncio.TaskGroup() as peers, asyncio.timeout(60):
            for _ in range(PEERS):
                peers.create_task(send_until_it_dies())
            await enough.wait()
            process.send_signal(signal.SIGKILL)

    rows = await admission.rows("SELECT source_event_id FROM submissions")
    stored = [row["source_event_id"].partition("\x1f")[0] for row in rows]
    assert acknowledged <= {int(each) for each in stored}
    assert {stored.count(each) for each in stored} == {2}, "no message is stored by half"
    principal = await sender_of(admission.service.dependencies, source_id)
    assert principal is not None
    for number in sent:
        again = await take_message(admission.service.dependencies, _message(number), source=principal)
        assert codes(again.raw) == ["AA"]
    assert len(await movements(admission)) == 2 * len(sent)
