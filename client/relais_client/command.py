"""The command `relais-client`: puts statements into a queue, sends them, and says what became of them."""

import argparse
import asyncio
import json
import logging
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from relais_client.arguments import arguments_of
from relais_client.queue import OtherContentError, Queue, Settled
from relais_client.sender import Sender, open_http


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    chosen = arguments_of(arguments)
    with Queue(chosen.queue) as queue:
        match chosen.command:
            case "put":
                return _put(queue, chosen)
            case "send":
                return asyncio.run(_send(queue, chosen))
            case "refused":
                return _refused(queue, chosen)
            case "status":
                counts = queue.counts()
                print(f"{counts.queued} queued, {counts.accepted} accepted, {counts.refused} refused")
                return 0
            case "forget":
                done = queue.forget_accepted(before=time.time() - chosen.days * 86_400)
                print(f"{done} receipts forgotten")
                return 0
            case _:
                return _answer(queue, chosen)


def _put(queue: Queue, chosen: argparse.Namespace) -> int:
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            queue.put(json.loads(line), path=chosen.path)
        except OtherContentError as error:
            return _failed(f"line {number}: something else was put under the id {error}")
        except ValueError as error:
            return _failed(f"line {number}: {error}")
    return 0


async def _send(queue: Queue, chosen: argparse.Namespace) -> int:
    if not chosen.url or not chosen.key_file:
        return _failed("say where admission is (--url) and in which file the key is (--key-file)")
    key = chosen.key_file.read_text(encoding="utf-8").strip()
    stop = asyncio.Event()
    # Windows has no such handlers; there Ctrl-C ends it at once, and nothing is lost by that either.
    with suppress(NotImplementedError):
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_http(chosen.url, key=key) as http:
        sender = Sender(queue, http)
        if not chosen.until_empty:
            await sender.run(stop)
            return 0
        sending = asyncio.create_task(sender.run_until_empty())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({sending, stopped}, return_when=asyncio.FIRST_COMPLETED)
        sending.cancel()
        stopped.cancel()
        stopped_or_not = await asyncio.gather(sending, stopped, return_exceptions=True)
        for error in stopped_or_not:
            if isinstance(error, Exception):
                raise error
    return 1 if queue.counts().queued or queue.counts().refused else 0


def _refused(queue: Queue, chosen: argparse.Namespace) -> int:
    if chosen.drop is not None:
        return (
            0
            if queue.drop_refused(chosen.drop)
            else _failed(f"nothing was refused under the id {chosen.drop}")
        )
    for settled in queue.refused():
        _show(settled)
    return 0


def _answer(queue: Queue, chosen: argparse.Namespace) -> int:
    settled = queue.settled(chosen.id)
    if settled is None:
        return _failed(f"no answer is known to {chosen.id}")
    _show(settled)
    return 0


def _show(settled: Settled) -> None:
    print(f"{settled.event_id}: {settled.state} ({settled.status})")
    print(settled.answer.decode(errors="replace"))


def _failed(why: str) -> int:
    print(f"relais-client: {why}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
