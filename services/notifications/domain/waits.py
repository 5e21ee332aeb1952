"""How long is everything waited for? All waits of the engine, which tests and demos may compress."""

import msgspec

_FLOOR_SECONDS = 0.2


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of patience."""

    retry_seconds: tuple[float, ...] = (60.0, 300.0, 900.0)
    """After a temporary refusal, before the same channel is tried again."""
    unknown_seconds: float = 180.0
    """For a receipt, when nobody knows whether the message left."""
    urgent_unknown_seconds: float = 60.0
    turn_seconds: float = 1.0
    """For an earlier message to the same reader that is just leaving."""
    step_factor: float = 1.0
    """Of the steps, deadlines and expiries of the catalogue."""
    call_seconds: float = 30.0
    """For one call to a provider; never compressed."""
    lease_seconds: float = 45.0
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
            step_factor=factor,
        )
