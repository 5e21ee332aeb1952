"""The operator of a run decides every item of the work list, some of them more than once."""

import asyncio
import json
from pathlib import Path

import httpx

from tests.continuity.journal import Journal
from tests.continuity.load.decisions import MAX_DECISIONS, Decider


async def test_every_item_is_decided_and_journalled_in_order(tmp_path: Path) -> None:
    decisions_taken: list[tuple[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            second = "continuation" in str(request.url)
            items = [
                {
                    "work_item_id": f"item-{number}",
                    "person_id": f"merged-{number}",
                    "other_person_id": "other",
                }
                for number in (range(10, 20) if second else range(10))
            ]
            return httpx.Response(
                200, json={"work_items": items, **({} if second else {"continuation": "c"})}
            )
        item = request.url.path.split("/")[-2]
        decisions_taken.append((item, json.loads(request.content)["verdict"]))
        return httpx.Response(200, json={})

    journal, over = Journal(tmp_path / "decisions.jsonl"), asyncio.Event()
    over.set()
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        decider = Decider(http, "http://admission", "key", journal, seed=1, wait_seconds=(0.0, 0.001))
        await decider.decide_all(until=over)
    await journal.close()

    written = [json.loads(line) for line in (tmp_path / "decisions.jsonl").read_text().splitlines()]
    assert len({item for item, _ in decisions_taken}) == 20
    assert any(decider.decided[item] == MAX_DECISIONS for item in decider.decided)
    for item in {line["item"] for line in written}:
        said = [
            "same_person" if line["are_one"] else "different_persons"
            for line in written
            if line["item"] == item
        ]
        assert said == [verdict for each, verdict in decisions_taken if each == item]
