"""Holds the SQL that gives everything that notifications keeps of a person."""

from typing import Final

MEMBERS: Final = """
SELECT member_id AS key, member_id, role, carer_id, establishment, basis, channels, night, discretion, zone,
    joined_at, revoked_at, declared_by, alias, consent, wrapped_key,
    ARRAY(SELECT (channel, value, state, changed_at, proof) FROM contact_points c
        WHERE c.member_id = m.member_id ORDER BY channel) AS contacts
FROM members m JOIN persons USING (person_id)
WHERE person_id = ANY ($1) AND member_id > $2 ORDER BY member_id LIMIT $3
"""
OBLIGATIONS: Final = """
SELECT obligation_id AS key, obligation_id, recipient_id, recipient_role, kind, stated_by, fact_occurred_at,
    status, reason, channel, evidence, deadline, created_at, settled_at, human_at, human_by, wrapped_key
FROM obligations JOIN persons USING (person_id)
WHERE person_id = ANY ($1) AND obligation_id > $2 ORDER BY obligation_id LIMIT $3
"""
_OWN: Final = "obligation_id IN (SELECT obligation_id FROM obligations WHERE person_id = ANY ($1))"
ATTEMPTS: Final = f"""
SELECT attempt_id AS key, attempt_id, obligation_id, number, channel, template, status, reason, claimed_at,
    answered_at
FROM attempts WHERE {_OWN} AND attempt_id > $2 ORDER BY attempt_id LIMIT $3
"""  # noqa: S608 - constants
DELIVERY_REPORTS: Final = f"""
SELECT report_id AS key, attempt_id, state, detail, received_at FROM delivery_reports
WHERE attempt_id IN (SELECT attempt_id FROM attempts WHERE {_OWN}) AND report_id > $2
ORDER BY report_id LIMIT $3
"""  # noqa: S608 - constants
HUMAN_TASKS: Final = f"""
SELECT obligation_id AS key, obligation_id, reason, opened_at, closed_at FROM human_tasks
WHERE {_OWN} AND obligation_id > $2 ORDER BY obligation_id LIMIT $3
"""  # noqa: S608 - constants
TRANSITIONS: Final = f"""
SELECT id AS key, obligation_id, status, reason, changed_at FROM transitions
WHERE {_OWN} AND id > $2 ORDER BY id LIMIT $3
"""  # noqa: S608 - constants
RELATIONS: Final = """
SELECT grant_id AS key, grant_id, basis, establishments, of, begins_at, ends_at, ended
FROM relations WHERE person_id = ANY ($1) AND grant_id > $2 ORDER BY grant_id LIMIT $3
"""

COPIES: Final = {
    "contact_points": "with its member",
    "invitations": "with its contact: whether its owner accepted",
    "facts": "what admission and pathway published, and their ledgers give",
    "presence": "which establishments stated something, as the ledger of admission says",
    "persons": "the key, which opens what is shown",
    "merges": "which ids are one, as admission says",
    "shared_circles": "whose circle is told of the person, as follows from that",
    "page_tokens": "digests of links that the obligations are the content of",
    "audited_days": "counts of the obligations that are shown",
    "audit_wanted": "that they are to be counted",
    "obligation_differences": "where the counts differed",
}
"""Tables that keep of a person only what another section gives, or what tells nothing."""
