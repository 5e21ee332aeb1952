"""A closed-loop load over MLLP: each connection sends its next message once the last one was answered."""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from benchmarks.load.closed_loop import Measured

_LOAD_SECONDS = 300.0
_END = b"\x1c\r"
ACCEPTED = 202
OTHER = 500


async def send_all(url: str, messages: list[bytes], *, connections: int) -> Measured:
    """Send every message once, over `connections` connections at a time; anything but AA counts as 500."""
    target = urlsplit(url)
    remaining = iter(messages)
    durations: list[float] = []
    statuses: Counter[int] = Counter()
    opened = await asyncio.gather(
        *(asyncio.open_connection(target.hostname, target.port) for _ in range(connections))
    )
    start = time.perf_counter()
    async with asyncio.timeout(_LOAD_SECONDS), asyncio.TaskGroup() as group:
        for reader, writer in opened:
            group.create_task(_send(reader, writer, remaining, durations, statuses))
    elapsed = time.perf_counter() - start
    cuts = statistics.quantiles(durations, n=100)
    return Measured(len(durations) / elapsed, cuts[49] * 1000, cuts[98] * 1000, statuses)


async def _send(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    messages: Iterator[bytes],
    durations: list[float],
    statuses: Counter[int],
) -> None:
    for message in messages:
        began = time.perf_counter()
        writer.write(b"\x0b" + message + _END)
        answer = await reader.readuntil(_END)
        durations.append(time.perf_counter() - began)
        statuses[ACCEPTED if b"\rMSA|AA|" in answer else OTHER] += 1
    writer.close()


def admissions(count: int, *, prefix: str) -> Iterator[bytes]:
    """`count` admissions of PAM.fr of about 900 bytes, each of another person and with its own MSH-10."""
    for number in range(count):
        yield _ADMISSION.replace(b"%ID%", f"{prefix}-{number}".encode())


_AUTHORITY = "CHU&1.2.250.1.999.1&ISO"
_PATIENT = (
    "||DEMONSTRATION^CAMILLE^DOMINIQUE^^^^L~EXEMPLE^CAMILLE^^^^^D||19410517|F|||1 RUE DE L EXEMPLE^^PARIS"
    "^^75013^FRA^H~^^^^^^BDL^^75056||^PRN^PH^^^^^^^^^0600000000|||M||"
)
_ADMISSION = "\r".join(
    (
        "MSH|^~\\&|DPI|CHU|RELAIS|R|20261123091207+0100||ADT^A01^ADT_A01|%ID%|P|2.5^FRA^2.11"
        "|||||FRA|UNICODE UTF-8",
        "EVN||20261123091207+0100||||20261123091200+0100",
        f"PID|1||ipp-%ID%^^^{_AUTHORITY}^PI~%ID%^^^ASIP&1.2.250.1.213.1.4.10&ISO^INS"
        f"{_PATIENT}s-%ID%^^^{_AUTHORITY}^AN|||||||||||||PROV",
        f"PV1|1|I|3401^12^A^750000002|R||||||||||||||S|s-%ID%^^^{_AUTHORITY}^VN",
        f"ZBE|m-%ID%^CHU^1.2.250.1.999.1^ISO|20261123091200+0100||INSERT|N||CHIR^^^^^{_AUTHORITY}^UF^^^3401||HMS",
        "ZFM|8",
    )
).encode()
