"""Retries parked events, either by number or all that match, batch by batch."""

from collections.abc import Callable, Sequence
from typing import Any

from deploy.local.errors import StackError
from deploy.operator.platform import Platform

Result = dict[str, Any]
"""`applied`: how many; `still_parked`: each with its reason; `stopped`: too many failed, or Ctrl-C."""


def retry_some(platform: Platform, service: str, parked_ids: Sequence[int], author: dict[str, Any]) -> Result:
    """Retry each with what waits behind it, in the order given; a refusal does not stop the others."""
    result: Result = {"applied": 0, "still_parked": [], "stopped": False}
    for parked_id in parked_ids:
        try:
            answer = platform.post(service, f"/v1/parked/{parked_id}/retry", author)
        except StackError as error:
            result["still_parked"].append({"parked_id": parked_id, "reason": str(error)})
            continue
        result["applied"] += len(answer["applied"])
        result["still_parked"] += answer["still_parked"]
    return result


def retry_matching(
    platform: Platform,
    service: str,
    filters: dict[str, Any],
    *,
    stop_after: int,
    say: Callable[[str], None],
) -> Result:
    """Retry batch after batch, until none is left, too many failed, or Ctrl-C."""
    result: Result = {"applied": 0, "still_parked": [], "stopped": False}
    after: str | None = ""
    try:
        while after is not None and not result["stopped"]:
            left = stop_after - len(result["still_parked"])
            chunk = platform.post(
                service, "/v1/parked/retry", {**filters, "stop_after_failures": left, "after": after}
            )
            result["applied"] += chunk["applied"]
            result["still_parked"] += chunk["still_parked"]
            result["stopped"], after = chunk["stopped"], chunk["next"]
            say(f"applied {result['applied']}, still wrong {len(result['still_parked'])}")
    except KeyboardInterrupt:
        result["stopped"] = True
    return result
