"""The examples of the OpenAPI documents fit their schemas, and are those of the README's tour."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.documents.all import applications
from shared.web.contract import EXAMPLE_MOMENT, NDJSON
from shared.web.openapi.document import openapi, operations

ROOT = Path(__file__).parents[2]
APIS = {service: openapi(app) for service, app in applications()}
BODIES = {
    f"{service} {name}": operation["requestBody"]["content"]
    for service, document in APIS.items()
    for name, operation in operations(document).items()
    if "requestBody" in operation and operation["tags"] != ["peer"]
}
TOURED = (
    "admission POST /v1/sources",
    "admission POST /v1/movements",
    "notifications PUT /v1/persons/{person_id}/circle/carers/{carer_id}",
)


def _examples(name: str) -> list[Any]:
    [content] = BODIES[name].values()
    return [example["value"] for example in content["examples"].values()]


def _bodies_of_the_tour() -> list[dict[str, Any]]:
    """What the README's blocks send, less what is sent to be refused: a body with few fields."""
    tour = (ROOT / "README.md").read_text(encoding="utf-8").replace("'$NOW'", EXAMPLE_MOMENT)
    for name, value in re.findall(r"^([A-Z]+)='(\{[^']*\})'$", tour, re.MULTILINE):
        tour = tour.replace(f"""'"${name}"'""", value)
    bodies = [json.loads(body) for body in re.findall(r"'(\{[^']*\})'", tour)]
    return [body for body in bodies if len(body) > 2 and "identifiers" not in body]


@pytest.mark.parametrize("name", BODIES)
def test_an_operation_that_takes_a_body_has_an_example_that_fits(name: str) -> None:
    [(media, content)] = BODIES[name].items()
    components = APIS[name.split(maxsplit=1)[0]]["components"]
    validator = Draft202012Validator({**content["schema"], "components": components})
    for example in _examples(name):
        # The second line of a batch shows how one is refused.
        validator.validate(json.loads(example.splitlines()[0]) if media == NDJSON else example)


def test_the_examples_are_those_of_the_tour() -> None:
    shown = [example for name in TOURED for example in _examples(name)]
    toured = _bodies_of_the_tour()
    assert len(shown) == len(toured) == 7
    assert [body for body in toured if body not in shown] == []


def test_the_page_puts_the_present_where_the_examples_have_theirs() -> None:
    start = (ROOT / "shared" / "web" / "openapi" / "start.js").read_text(encoding="utf-8")
    assert f'replaceAll("{EXAMPLE_MOMENT}", now)' in start
