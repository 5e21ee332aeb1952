"""Says for how long notifications keeps what is personal, beside what somebody is still told by."""

from typing import Final

from shared.spine.retention.kind import Kind

# The oldest have the lowest numbers: no index by time is needed, and what is new is not looked at.
_REPORTS: Final = """
WITH oldest AS (
    SELECT report_id, received_at, applied_at FROM delivery_reports ORDER BY report_id LIMIT $2
), ended AS (
    DELETE FROM delivery_reports WHERE report_id IN (
        SELECT report_id FROM oldest WHERE received_at < $1 AND applied_at IS NOT NULL
    ) RETURNING 1
)
SELECT count(*) AS ended FROM ended
"""
_LINKS: Final = """
WITH old AS (
    SELECT token_sha256 FROM page_tokens WHERE expires_at < $1 LIMIT $2
), ended AS (
    DELETE FROM page_tokens WHERE token_sha256 IN (SELECT token_sha256 FROM old) RETURNING 1
)
SELECT count(*) AS ended FROM ended
"""
_INVITATIONS: Final = """
WITH old AS (
    SELECT contact_id FROM invitations WHERE expires_at < $1
        AND NOT EXISTS (SELECT FROM contact_points c WHERE c.contact_id = invitations.contact_id) LIMIT $2
), ended AS (
    DELETE FROM invitations WHERE contact_id IN (SELECT contact_id FROM old) RETURNING 1
)
SELECT count(*) AS ended FROM ended
"""
# A proof of consent, of somebody who is told nothing more; alias and addresses went when they were revoked.
_CONSENTS: Final = """
WITH old AS (
    SELECT member_id FROM members WHERE revoked_at < $1 AND consent IS NOT NULL LIMIT $2
), ended AS (
    UPDATE members SET consent = NULL WHERE member_id IN (SELECT member_id FROM old) RETURNING 1
)
SELECT count(*) AS ended FROM ended
"""
_NAMES: Final = """
WITH old AS (
    SELECT obligation_id FROM obligations WHERE human_at < $1 AND human_by IS NOT NULL LIMIT $2
), ended AS (
    UPDATE obligations SET human_by = NULL WHERE obligation_id IN (SELECT obligation_id FROM old) RETURNING 1
)
SELECT count(*) AS ended FROM ended
"""

CIRCLE_DAYS: Final = 365
RETENTION: Final = (
    Kind(name="delivery reports", days=90, statement=_REPORTS),
    Kind(name="links in messages, once expired", days=30, statement=_LINKS),
    Kind(name="invitations, once their contact is gone", days=90, statement=_INVITATIONS),
    Kind(name="proofs of consent, once revoked", days=1825, statement=_CONSENTS),
    Kind(name="names of who told somebody", days=1095, statement=_NAMES),
    Kind(name="circles, once the person has no stay, with or without a bed", days=CIRCLE_DAYS),
)
