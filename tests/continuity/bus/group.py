"""One consumer group: member processes that are restarted when they end, and what their logs say."""

import asyncio
import json
import signal
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from deploy.local.supervision.children import leashed
from tests.continuity.bus.effects import Effects
from tests.continuity.bus.member import GROUP
from tests.continuity.platform.process import Process

_TOLD: Final = {
    "duty_failed": "error",
    "duty_retries": "error",
    "consumer_restarts": "reason",
    "client_did_not_stop": "kind",
    "client_stopped_badly": "error",
    "duty_did_not_stop": "duty",
    "event_parked": "reason",
    "checkpoint_outside_log": "topic",
}
"""Log events that are counted -> the field that distinguishes them."""


class Group:
    """The members of one library's group."""

    def __init__(
        self, client: str, *, members: int, environment: Mapping[str, str], effects: Effects, logs: Path
    ) -> None:
        self.client = client
        self.name = GROUP.format(client=client)
        self.effects = effects
        self._environment = {**environment, "BUS_CLIENT": client}
        self._logs = logs
        self._read: Counter[Path] = Counter()
        self._keepers: list[asyncio.Task[None]] = []
        self.members: list[Process] = []
        for _ in range(members):
            self.add_member()

    def add_member(self) -> None:
        """Start one more member."""
        name = f"{self.client}-{len(self.members)}"
        member = Process(
            name,
            command=lambda: leashed([sys.executable, "-m", "tests.continuity.bus.member"]),
            is_ready=lambda: True,
            log=self._logs / f"{name}.log",
            environment=self._environment,
        )
        member.start()
        self.members.append(member)
        self._keepers.append(asyncio.create_task(member.keep()))

    async def remove_member(self) -> None:
        """Stop the newest member cleanly."""
        await self.members.pop().end()
        self._keepers.pop().cancel()

    async def restart_all(self) -> None:
        """Kill and start all members, as an operator would."""
        for member in self.members:
            async with member.down():
                pass

    async def end(self) -> None:
        """End all members."""
        for member in self.members:
            member.signal(signal.SIGCONT)
        await asyncio.gather(*(member.end() for member in self.members))
        for keeper in self._keepers:
            keeper.cancel()

    def said(self) -> Counter[str]:
        """Count the log events since the last call, such as 'duty_failed ConsumerStalled'."""
        counted: Counter[str] = Counter()
        for log in sorted(self._logs.glob(f"{self.client}-*.log")):
            with log.open("rb") as file:
                file.seek(self._read[log])
                lines = file.readlines()
                self._read[log] = file.tell()
            counted.update(_counted(lines))
        return counted


def _counted(lines: Sequence[bytes]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for line in lines:
        try:
            said = json.loads(line)
            event = said["event"]
        except (ValueError, KeyError, TypeError):
            counted["line that is no JSON"] += 1
            continue
        if event == "duplicates_dropped":
            counted[event] += said["count"]
        elif event in _TOLD:
            counted[f"{event} {said.get(_TOLD[event])}"] += 1
    return counted
