"""Says what movements would become, up to the commit that there is not: nothing is stored."""

from collections.abc import Sequence
from typing import NamedTuple

from services.admission.domain.lacks.find import Known, lacks_of
from services.admission.domain.lacks.lack import Lack
from services.admission.domain.movement import ParsedMovement
from services.admission.domain.submission import Submission
from services.admission.handlers.accept_batch import prepare_batch
from services.admission.handlers.accept_movement import tolerance_of
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.directory.establishments import listed_among
from shared.security.principal import Principal


class TriedMovement(NamedTuple):
    """What would be committed, and what it lacks."""

    submission: Submission
    lacks: tuple[Lack, ...]


async def try_movements(
    dependencies: Dependencies, stated: Sequence[ParsedMovement], *, source: Principal
) -> list[TriedMovement | None]:
    """Prepare them as the intake does; `None` for one of which an unknown field cannot be read."""
    prepared = await prepare_batch(dependencies, stated, source=source)
    submissions = [one if isinstance(one, Submission) else None for one in prepared]
    named = {
        one.data.destination.establishment
        for one in submissions
        if one is not None and one.data.destination is not None and one.data.destination.establishment
    }
    listed = await listed_among(dependencies.pool, named) if named else set()
    latest = dependencies.clock() + await tolerance_of(dependencies, source.source_id)
    return [
        None
        if one is None
        else TriedMovement(
            one,
            tuple(
                lacks_of(
                    one.data,
                    Known(
                        latest=latest,
                        listed=listed,
                        is_qualified=any(number.is_qualified for number in one.numbers),
                        is_test=one.is_test,
                        traits=one.traits,
                    ),
                )
            ),
        )
        for one in submissions
    ]
