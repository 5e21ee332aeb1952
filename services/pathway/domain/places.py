"""Decides whether a person was seen where they were expected."""

from shared.stays.statements import Statement


def is_same_place(expected: str, seen: Statement) -> bool:
    """Whether the movement is one in the establishment expected, or in any site of the legal entity expected.

    Two sites of one legal entity are two places. What a site belongs to comes with the movement, so the
    pathway stays a function of the person's own events.
    """
    return expected in (seen.establishment, seen.legal_entity)
