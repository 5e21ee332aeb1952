"""Decides, as an operator, who is one and who is not: whatever the work list of identities asks.

What is decided may be decided otherwise a little later, and once more after that.
"""

import asyncio
import random
from collections import defaultdict
from typing import Any, Final

import httpx

from tests.continuity.journal import Journal
from tests.continuity.load.enrolment import until_answered

LOOK_SECONDS: Final = 1.0
THOUGHT_BETTER_OF: Final = 0.5
"""Share of the decisions that are followed by one to the contrary; of those, again."""
MAX_DECISIONS: Final = 3
WAIT_SECONDS: Final = (1.0, 12.0)
ONE_PERSON: Final = 0.75


class Decider:
    """Takes every item of the work list, and decides it at least once."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        admission: str,
        key: str,
        journal: Journal,
        *,
        seed: int,
        wait_seconds: tuple[float, float] = WAIT_SECONDS,
    ) -> None:
        self._http, self._key, self._journal = http, key, journal
        self._url = f"{admission}/v1/identities/work-items"
        self._seed, self._wait_seconds = seed, wait_seconds
        self.decided: defaultdict[str, int] = defaultdict(int)

    async def decide_all(self, *, until: asyncio.Event) -> None:
        """Look for new items until the event is set and none is left."""
        async with asyncio.TaskGroup() as deciding:
            while True:
                last_look = until.is_set()
                for item in await self._open_items():
                    if item["work_item_id"] not in self.decided:
                        dice = random.Random(f"{self._seed} {len(self.decided)}")
                        self.decided[item["work_item_id"]] = 0
                        deciding.create_task(self._decide(item, dice))
                if last_look:
                    return
                await asyncio.sleep(LOOK_SECONDS)

    async def _decide(self, item: dict[str, Any], dice: random.Random) -> None:
        are_one = dice.random() < ONE_PERSON
        while True:
            await self._say(item, are_one=are_one)
            again = self.decided[item["work_item_id"]] < MAX_DECISIONS
            if not again or dice.random() >= THOUGHT_BETTER_OF:
                return
            are_one = not are_one
            await asyncio.sleep(dice.uniform(*self._wait_seconds))

    async def _say(self, item: dict[str, Any], *, are_one: bool) -> None:
        verdict = "same_person" if are_one else "different_persons"
        body = {"verdict": verdict, "author": "continuity", "reason": "seed"}
        url = f"{self._url}/{item['work_item_id']}/decision"
        await until_answered(self._http, "POST", url, self._key, body)
        self.decided[item["work_item_id"]] += 1
        await self._journal.write(
            item=item["work_item_id"],
            merged_id=item["person_id"],
            surviving_id=item["other_person_id"],
            are_one=are_one,
        )

    async def _open_items(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        continuation: str | None = None
        while True:
            more = f"?continuation={continuation}" if continuation else ""
            answer = await until_answered(self._http, "GET", f"{self._url}{more}", self._key, None)
            page = answer.json()
            found += page["work_items"]
            continuation = page.get("continuation")
            if continuation is None:
                return found
