"""Says what is shown of further expectations: those that stand, of the stays that the reader sees."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from uuid import UUID

from services.pathway.domain.pathway import FurtherExpectation, Watched
from shared.stays.relations import Relation, stated_by

WatchedFurther = tuple[FurtherExpectation, Watched]

_UNWATCHED = Watched()


def relations_to_further(expectation: FurtherExpectation) -> Iterator[Relation]:
    """Who may say how it stands: the establishment in whose stay it is expected."""
    yield stated_by({expectation.establishment})


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
