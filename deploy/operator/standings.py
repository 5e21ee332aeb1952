"""How does each service stand, for `relais status`? What is paused, parked or unsent, if anything."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from deploy.local.errors import StackError
from deploy.operator.platform import SERVICES, Platform, open_platform

_WITHIN_SECONDS = 3.0
_LONG_SECONDS = 10.0


def standings() -> dict[str, Any]:
    """What each service says of itself; an `error` where it does not."""
    try:
        platform = open_platform()
    except StackError:
        return {}
    with ThreadPoolExecutor(len(SERVICES)) as threads:
        return dict(zip(SERVICES, threads.map(lambda each: _standing(platform, each), SERVICES), strict=True))


def _standing(platform: Platform, service: str) -> Any:
    try:
        return platform.call("GET", service, "/v1/operations", timeout_seconds=_WITHIN_SECONDS)
    except StackError as error:
        return {"error": str(error)}


def remarks(standings: dict[str, Any]) -> list[str]:
    """What of it a person should know."""
    return [
        f"{service}: {remark}" for service, standing in standings.items() for remark in _remarks(standing)
    ]


def _remarks(standing: dict[str, Any]) -> list[str]:
    if "error" in standing:
        return [standing["error"]]
    said = [
        f"{pause['part']} paused by {pause['paused_by']} since {pause['paused_at']}: {pause['because']}"
        for pause in standing["pauses"]
    ]
    if standing["parked"]:
        said.append(
            f"{standing['parked']} events parked, at most {standing['parking_cap']}: relais parked list"
        )
    if standing["oldest_unsent_seconds"] > _LONG_SECONDS:
        seconds = standing["oldest_unsent_seconds"]
        said.append(f"{standing['unsent']} events not sent, the oldest for {seconds:.0f} s")
    return said
