"""Says for how long pathway keeps the words of persons; the rest follows from what was published."""

from typing import Final

from shared.spine.retention.kind import Kind

_CLOSURES: Final = """
WITH old AS (
    SELECT expectation_id, person_id FROM expectations WHERE closed_at < $1 AND closed_by <> '' LIMIT $2
), ended AS (
    UPDATE expectations AS e SET closed_by = '', closed_because = '' FROM old
    WHERE e.expectation_id = old.expectation_id AND e.person_id = old.person_id RETURNING 1
)
SELECT count(*) AS ended FROM ended
"""

RETENTION: Final = (Kind(name="who closed an expectation, and why", days=1095, statement=_CLOSURES),)
