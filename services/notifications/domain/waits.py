"""How long is everything waited for? All waits of the engine, which tests and demos may compress."""

from datetime import timedelta

import msgspec

_FLOOR_SECONDS = 0.2
_PACE_FLOOR = timedelta(seconds=5)  # a delivery report takes its time, whatever the factor


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of patience."""

    retry_seconds: tuple[float, ...] = (60.0, 300.0, 900.0)
    """After a temporary refusal, before the same channel is tried again."""
    unknown_seconds: float = 180.0
    """For a receipt, when nobody knows whether the message left."""
    urgent_unknown_seconds: float = 60.0
    turn_seconds: float = 1.0
    """For an earlier message to the same reader that is just leaving."""
    pace_factor: float = 1.0
    """Of the steps and deadlines of the catalogue; when news expires is not a wait, and is as it is."""
    call_seconds: float = 22.0
    """For one call to a provider; never compressed, and shorter than a worker's farewell."""
    lease_seconds: float = 30.0
    """For the outcome of a claimed attempt, longer than any call; never compressed."""

    def compressed(self, factor: float) -> "Waits":
        """The same patience with a faster clock; what guards against sending twice keeps its length."""
        if not 0 < factor <= 1:
            raise ValueError("a factor above 0, at most 1")
        return msgspec.structs.replace(
            self,
            retry_seconds=tuple(max(_FLOOR_SECONDS, wait * factor) for wait in self.retry_seconds),
            unknown_seconds=max(_FLOOR_SECONDS, self.unknown_seconds * factor),
            urgent_unknown_seconds=max(_FLOOR_SECONDS, self.urgent_unknown_seconds * factor),
            turn_seconds=max(_FLOOR_SECONDS, self.turn_seconds * factor),
            pace_factor=factor,
        )

    def of_pace(self, length: timedelta) -> timedelta:
        """A step or a deadline of the catalogue, as long as it is here."""
        return max(min(length, _PACE_FLOOR), length * self.pace_factor)
