"""Asks each service, for `relais status`, what is paused, parked or unsent."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from deploy.local.errors import StackError
from deploy.operator.platform import SERVICES, Platform, open_platform

_WITHIN_SECONDS = 3.0
_LONG_SECONDS = 10.0


def statuses() -> dict[str, Any]:
    """Service -> its own report, or an `error`."""
    try:
        platform = open_platform()
    except (StackError, PermissionError):
        # No key, or none that this account may read: the parts are still shown.
        return {}
    with ThreadPoolExecutor(len(SERVICES)) as threads:
        return dict(zip(SERVICES, threads.map(lambda each: _status(platform, each), SERVICES), strict=True))


def _status(platform: Platform, service: str) -> Any:
    try:
        return platform.call("GET", service, "/v1/operations", timeout_seconds=_WITHIN_SECONDS)
    except StackError as error:
        return {"error": str(error)}


def remarks(statuses: dict[str, Any]) -> list[str]:
    """The parts of a report that need a person's attention."""
    return [f"{service}: {remark}" for service, status in statuses.items() for remark in _remarks(status)]


def _remarks(status: dict[str, Any]) -> list[str]:
    if "error" in status:
        return [status["error"]]
    said = [
        f"{pause['part']} paused by {pause['paused_by']} since {pause['paused_at']}: {pause['because']}"
        for pause in status["pauses"]
    ]
    if status["parked"]:
        said.append(f"{status['parked']} events parked, at most {status['parking_cap']}: relais parked list")
    if status["oldest_unsent_seconds"] > _LONG_SECONDS:
        seconds = status["oldest_unsent_seconds"]
        said.append(f"{status['unsent']} events not sent, the oldest for {seconds:.0f} s")
    return said
