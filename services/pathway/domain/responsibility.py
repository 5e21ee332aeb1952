"""Says who answers for a person in a stay, wherever they lie: of each part the newest that was stated."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from msgspec.structs import asdict

from shared.events.admission import Responsibility
from shared.stays.movements import MovementHistory
from shared.stays.one_moment import place_in_moment


def responsibilities(histories: Iterable[MovementHistory], *, at: datetime) -> Mapping[UUID, Responsibility]:
    """By stay, at that moment; of several movements of one moment, the one stated last is the newest."""
    stated = [
        (history.current, asdict(history.current.responsibility))
        for history in histories
        if history.current.responsibility is not None and history.current.occurred_at <= at
        if history.reassigned is None and not history.cancelled
    ]
    newest: dict[UUID, dict[str, str]] = defaultdict(dict)
    for movement, parts in sorted(stated, key=lambda each: (each[0].occurred_at, place_in_moment(each[0]))):
        newest[movement.stay_id] |= {name: value for name, value in parts.items() if value is not None}
    return {stay_id: Responsibility(**parts) for stay_id, parts in newest.items()}
