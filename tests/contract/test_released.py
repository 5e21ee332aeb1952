"""The types of the release before this one say nothing new: whatever is new comes in types of its own.

`released.json` holds the schemas of its events, without their texts; it is replaced when a release is made.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.documents.event_schemas import event_schemas
from shared.events.admission import FURTHER_EVENTS
from shared.events.registry import TYPES

RELEASED: dict[str, Any] = json.loads((Path(__file__).parent / "released.json").read_text())


def _without_texts(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_texts(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    texts = ("description", "title")
    return {
        name: _without_texts(part)
        for name, part in schema.items()
        if name not in texts or isinstance(part, dict)
    }


@pytest.mark.parametrize("type_", RELEASED)
def test_a_released_type_changes_only_by_fields_that_need_not_be_there(type_: str) -> None:
    now = _without_texts(json.loads(json.dumps(event_schemas()[type_])))
    then = RELEASED[type_]
    for name, shape in then["$defs"].items():
        current = now["$defs"][name]
        known = {field: current.get("properties", {}).get(field) for field in shape.get("properties", {})}
        assert known == shape.get("properties", {}), name
        assert current.get("required") == shape.get("required"), name
        assert current.get("enum") == shape.get("enum"), name


def test_whatever_else_happens_comes_in_types_that_the_release_passes_over() -> None:
    assert RELEASED.keys().isdisjoint(TYPES[payload] for payload in FURTHER_EVENTS)
