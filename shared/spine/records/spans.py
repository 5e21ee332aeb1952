"""How is each event of a batch traced, though a batch is handled as one? One span per event, all at once."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import msgspec

from shared.events.envelope import TraceContext
from shared.telemetry import tracing


class EventSpan(msgspec.Struct, frozen=True, kw_only=True):
    """The span to record for one event."""

    name: str
    kind: tracing.Kind
    trace: TraceContext
    """The context that the event came with: the span's parent."""
    attributes: dict[str, tracing.AttributeValue]


@contextmanager
def event_spans(wanted: Sequence[EventSpan]) -> Iterator[list[TraceContext]]:
    """Record what the block does once per event; gives each span's context, in order.

    Inside the block no span is the current one: it is the events' contexts that go on, not the last one's.
    """
    if not tracing.is_recording():
        # The same result for a tenth of the time: this is a third of what relaying an event costs.
        yield [each.trace for each in wanted]
        return
    with ExitStack() as stack:
        contexts = []
        for each in wanted:
            stack.enter_context(
                tracing.span(each.name, kind=each.kind, trace=each.trace, attributes=each.attributes)
            )
            contexts.append(tracing.current_trace())
        stack.enter_context(tracing.outside_any_trace())
        yield contexts
