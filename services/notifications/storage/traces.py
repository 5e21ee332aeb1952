"""How does a trace context rest? As JSON, or as nothing when there is none."""

from typing import Final

import msgspec

from shared.events.envelope import TraceContext

_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(TraceContext)


def at_rest(trace: TraceContext) -> str | None:
    return _encoder.encode(trace).decode() if trace else None


def awake(stored: str | None) -> TraceContext:
    return _decoder.decode(stored) if stored else {}
