"""`relais key` lists whose keys there are and until when, rotates and revokes them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from tests.unit.operator.stand_in import StandIn, addresses, stand_in

runner = CliRunner()
NOW = datetime.now(UTC)
IDS = [f"0197f3a2-0000-7000-8000-00000000000{number}" for number in range(4)]


def _key(number: int, ends_in_days: int | None, *, revoked: bool = False) -> dict[str, Any]:
    return {
        "key_id": IDS[number],
        "source_name": f"ward {number}",
        "establishment": "690784137",
        "scopes": ["intake"],
        "revoked_at": NOW.isoformat() if revoked else None,
        "expires_at": None if ends_in_days is None else (NOW + timedelta(days=ends_in_days)).isoformat(),
        "last_used_at": None,
        "limits": {},
    }


KEYS = [_key(0, 10), _key(1, 300), _key(2, None), _key(3, 5, revoked=True)]


def _answer(method: str, path: str, body: Any) -> tuple[int, Any]:
    if path.endswith("/rotations"):
        return 201, {"key": "relais_new", "expires_at": "2027", "old_expires_at": f"{body}"}
    if path == "/v1/operations/keys":
        return 200, {"keys": [{"key_id": IDS[1], "last_used_at": "2026-11-28T10:00:00Z"}]}
    if method == "DELETE":
        return 204, None
    if "continuation" in path:
        return 200, {"keys": KEYS[2:]}
    return 200, {"keys": KEYS[:2], "continuation": "more"}


def _relais(*words: str) -> tuple[Any, StandIn]:
    with stand_in(_answer) as platform:
        environment = {**addresses(platform.url), "RELAIS_OPERATOR_KEY": "k", "COLUMNS": "200"}
        result = runner.invoke(app, ["key", *words], env=environment)
    return result, platform


def test_all_keys_are_listed_with_their_state_and_their_last_use_at_any_service() -> None:
    result, _ = _relais("list")
    assert result.exit_code == 0, result.output
    lines = {line.split()[0]: line for line in result.output.splitlines() if IDS[0][:8] in line}
    assert list(lines) == IDS
    assert "2026-11-28 10:00" in lines[IDS[1]]
    assert "never" in lines[IDS[2]]
    assert "revoked" in lines[IDS[3]]


@pytest.mark.parametrize(("days", "expected"), [("30", [0]), ("365", [0, 1])])
def test_those_that_end_soon_are_found_without_the_ones_that_ended(days: str, expected: list[int]) -> None:
    result, _ = _relais("list", "--ending", days, "--json")
    assert [key["key_id"] for key in json.loads(result.output)] == [IDS[number] for number in expected]


def test_a_key_is_rotated_and_shown_alone_on_standard_output() -> None:
    result, platform = _relais("rotate", IDS[0], "--keep-old-days", "1")
    assert result.stdout == "relais_new\n"
    assert "86400" in result.stderr
    assert platform.asked[-1][:2] == ("POST", f"/v1/keys/{IDS[0]}/rotations")


def test_a_key_is_revoked() -> None:
    result, platform = _relais("revoke", IDS[0])
    assert result.exit_code == 0
    assert platform.asked[-1][:2] == ("DELETE", f"/v1/keys/{IDS[0]}")
