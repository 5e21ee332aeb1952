"""Holds the SQL that gives everything that admission keeps of a person."""

from typing import Final

# Of whom a movement is now: what was published of it first, maybe under another person, whose key seals it,
# is named by what restates it.
SUBMISSIONS: Final = """
WITH published AS MATERIALIZED (
    SELECT event_id, convert_from(data, 'UTF8')::jsonb AS said FROM ledger WHERE subject = ANY ($1)
), stated AS (
    SELECT event_id, (said ->> 'movement_id')::uuid AS movement_id FROM published
    UNION
    SELECT (said ->> 'restates')::uuid, (said ->> 'movement_id')::uuid FROM published WHERE said ? 'restates'
)
SELECT event_id AS key, event_id, receipt_id, source_event_id, sources.name AS source, s.establishment, marks,
    recorded_at, record, wrapped_key, subject <> ALL ($1) AS named_another
FROM stated JOIN movements USING (movement_id) JOIN submissions AS s USING (event_id)
JOIN ledger USING (event_id) LEFT JOIN persons ON person_id = subject LEFT JOIN sources USING (source_id)
WHERE stated_as = ANY ($1) AND event_id > $2 ORDER BY event_id LIMIT $3
"""
# The numbers of a pair are one person's while the two are one; otherwise one is somebody else's.
STATEMENTS: Final = """
SELECT receipt_id AS key, receipt_id, source_event_id, action, s.establishment, emitted_at, accepted_at,
    marks, record, wrapped_key, coalesce(is_merged, false) AS are_one
FROM identity_statements AS s JOIN persons USING (person_id) LEFT JOIN merges USING (merge_id)
WHERE person_id = ANY ($1) AND receipt_id > $2 ORDER BY receipt_id LIMIT $3
"""
GRANTS: Final = """
SELECT grant_id AS key, grant_id, basis, establishments, of, begins_at, ends_at, ended_at, declared_by, said,
    wrapped_key
FROM grants JOIN persons USING (person_id)
WHERE person_id = ANY ($1) AND grant_id > $2 ORDER BY grant_id LIMIT $3
"""
# The other person is not named, nor are the words of who decided: they may be about either.
WORK_ITEMS: Final = """
SELECT work_item_id AS key, work_item_id, finding, state, establishments, disagreeing, unknown, found_at
FROM identity_work_items WHERE (person_id = ANY ($1) OR other_person_id = ANY ($1)) AND work_item_id > $2
ORDER BY work_item_id LIMIT $3
"""
# Of these messages, those of establishments that stated somebody; no content, which may be another person's.
REFUSED: Final = """
SELECT quarantine_id AS key, quarantine_id, establishment, received_at, seen_at,
    ARRAY(
        SELECT DISTINCT (said ->> 'code')::int FROM jsonb_array_elements(findings) AS said ORDER BY 1
    ) AS codes
FROM hl7v2_quarantine WHERE quarantine_id = ANY ($1) AND establishment IS NOT NULL AND quarantine_id > $2
ORDER BY quarantine_id LIMIT $3
"""

COPIES: Final = {
    "identifiers": "indexes that cannot be read, of numbers that stand in what was stated",
    "former_numbers": "indexes that cannot be read, of numbers that were the person's",
    "movements": "whose a movement is, as the ledger says",
    "stay_moves": "whose a stay is, as the ledger says",
    "deleted_stays": "which stays were deleted, as the ledger says",
    "merges": "which ids are one, as the export says",
    "persons": "the key, which opens what is shown",
}
"""Tables that keep of a person only what another section gives, or what tells nothing."""
