"""Says what is shown of further expectations: those that stand, of the stays that the reader sees."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from services.pathway.domain.pathway import FurtherExpectation, Watched

WatchedFurther = tuple[FurtherExpectation, Watched]

_UNWATCHED = Watched()


def further_seen(
    expectations: Iterable[FurtherExpectation],
    watched: Mapping[UUID, Watched],
    stays: Collection[UUID],
) -> list[WatchedFurther]:
    """Those of the stays that are seen, each with what the watch says of it."""
    return [
        (each, watched.get(each.expectation_id, _UNWATCHED))
        for each in expectations
        if not each.withdrawn and each.stay_id in stays
    ]
