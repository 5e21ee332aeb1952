"""Every published version still parses; examples are only ever added: a new field, a new file.

`<event type>.json` is the first example of a type; one that shows a field added later is
`<event type>.<field>.json`.
"""

import json
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from shared.documents.event_schemas import event_schemas
from shared.events.registry import PAYLOADS

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))


def type_of(golden: Path) -> str:
    return next(type_ for type_ in PAYLOADS if golden.name.startswith(f"{type_}."))


def test_every_published_type_has_an_example() -> None:
    assert {type_of(golden) for golden in GOLDEN} == set(PAYLOADS)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.stem)
def test_an_example_parses_for_ever_and_loses_nothing(golden: Path) -> None:
    payload = PAYLOADS[type_of(golden)]
    decoded = msgspec.json.decode(golden.read_bytes(), type=payload)
    # Defaults are left out when encoding, so a field that is there must come back as it was.
    encoded = json.loads(msgspec.json.encode(decoded))
    stated = json.loads(golden.read_text())
    assert {**stated, **encoded} == stated
    assert all(getattr(decoded, name, None) is not None for name in stated)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.stem)
def test_an_example_and_its_encoded_form_fit_the_published_schema(golden: Path) -> None:
    type_ = type_of(golden)
    validator = Draft202012Validator(event_schemas()[type_], format_checker=FormatChecker())
    encoded = msgspec.json.encode(msgspec.json.decode(golden.read_bytes(), type=PAYLOADS[type_]))
    validator.validate(json.loads(golden.read_text()))
    validator.validate(json.loads(encoded))


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.stem)
def test_a_reader_skips_fields_that_are_newer_than_it(golden: Path) -> None:
    newer = {**json.loads(golden.read_text()), "field_of_next_year": {"a": 1}}
    msgspec.json.decode(json.dumps(newer), type=PAYLOADS[type_of(golden)])
