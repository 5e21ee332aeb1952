"""Says for how long admission keeps what is personal, beside what was published."""

from typing import Final

from shared.spine.retention.kind import Kind

# The newest two bodies of an establishment about a person say whom its number means, and stay. Only those
# count whose movement is still that person's. Two, as one may have no traits, which cannot be seen: it is
# sealed. Without the body a receipt has no numbers of the sender's; a resend is still known by its digest.
# OFFSET 0: each step is a look into an index.
_BODIES: Final = """
WITH walked AS (
    SELECT id, event_id, subject, sequence, establishment, recorded_at FROM ledger
    WHERE id > $3 ORDER BY id LIMIT $2
), old AS (
    SELECT event_id FROM walked WHERE recorded_at < $1 AND 2 = (SELECT count(*) FROM (
        SELECT FROM (
            SELECT event_id, data FROM ledger WHERE subject = walked.subject
                AND sequence > walked.sequence AND establishment = walked.establishment OFFSET 0
        ) AS newer
        CROSS JOIN LATERAL (
            SELECT FROM submissions WHERE event_id = newer.event_id AND record <> '' OFFSET 0
        ) AS kept
        CROSS JOIN LATERAL (
            SELECT stated_as FROM movements
            WHERE movement_id = (convert_from(newer.data, 'UTF8')::jsonb ->> 'movement_id')::uuid OFFSET 0
        ) AS movement
        CROSS JOIN LATERAL (
            SELECT coalesce(survivor_id, person_id) AS one FROM persons WHERE person_id = stated_as OFFSET 0
        ) AS whose
        CROSS JOIN LATERAL (
            SELECT coalesce(survivor_id, person_id) AS one FROM persons
            WHERE person_id = walked.subject OFFSET 0
        ) AS own
        WHERE whose.one = own.one LIMIT 2
    ) AS newest)
), ended AS (
    UPDATE submissions SET record = '' WHERE event_id IN (SELECT event_id FROM old) AND record <> ''
    RETURNING 1
)
SELECT (SELECT count(*) FROM ended) AS ended,
    (SELECT max(id) FROM walked WHERE recorded_at < $1) AS last
"""
# Traits say who somebody is for as long as nothing newer does, and are not walked over here.
_STATEMENTS: Final = """
WITH old AS (
    SELECT receipt_id FROM identity_statements
    WHERE accepted_at < $1 AND action <> 'traits' AND record <> '' LIMIT $2
), ended AS (
    UPDATE identity_statements SET record = '' WHERE receipt_id IN (SELECT receipt_id FROM old) RETURNING 1
)
SELECT count(*) AS ended FROM ended
"""
_GRANTS: Final = """
WITH old AS (
    SELECT grant_id FROM grants WHERE person_id IS NOT NULL AND coalesce(ended_at, ends_at) < $1 LIMIT $2
), ended AS (
    DELETE FROM grants WHERE grant_id IN (SELECT grant_id FROM old) RETURNING 1
)
SELECT count(*) AS ended FROM ended
"""
_CALLBACKS: Final = """
WITH old AS (
    SELECT delivery_id FROM callback_deliveries WHERE found_at < $1 LIMIT $2
), ended AS (
    DELETE FROM callback_deliveries WHERE delivery_id IN (SELECT delivery_id FROM old) RETURNING 1
)
SELECT count(*) AS ended FROM ended
"""

RETENTION: Final = (
    Kind(name="bodies as they were stated", days=1095, statement=_BODIES, walks=True),
    Kind(name="statements about identities", days=1095, statement=_STATEMENTS),
    Kind(name="grants, once ended", days=1095, statement=_GRANTS),
    Kind(name="refused HL7 v2 messages", days=30),
    Kind(name="callbacks to sources", days=30, statement=_CALLBACKS),
)
