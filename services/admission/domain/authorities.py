"""Lists the national authorities by their OIDs, and what a number of theirs is (RNIV; IHE France, CX).

Every other authority is some establishment's own, whatever it calls itself.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

INS_NIR: Final = "1.2.250.1.213.1.4.8"
INS_NIA: Final = "1.2.250.1.213.1.4.9"
INS_TEST: Final = "1.2.250.1.213.1.4.10"
INS_DEMONSTRATION: Final = "1.2.250.1.213.1.4.11"


class Authority(NamedTuple):
    """A registered national authority, and what one of its numbers can do."""

    name: str
    numbers: Literal["ins", "ins_c", "pharmacy_record", "professionals", "establishments"]
    is_test: bool = False
    """Whether its numbers are nobody's: for tests and demonstrations, never in production."""


REGISTERED: Final[Mapping[str, Authority]] = {
    INS_NIR: Authority("INS-NIR", "ins"),
    INS_NIA: Authority("INS-NIA", "ins"),
    INS_TEST: Authority("INS-NIR of tests", "ins", is_test=True),
    INS_DEMONSTRATION: Authority("INS-NIR of demonstrations", "ins", is_test=True),
    "1.2.250.1.213.1.4.2": Authority("INS-C (obsolete)", "ins_c"),
    "1.2.250.1.213.1.4.6": Authority("INS-C of tests", "ins_c", is_test=True),
    "1.2.250.1.213.1.4.7": Authority("INS-C of demonstrations", "ins_c", is_test=True),
    "1.2.250.1.176.1.2": Authority("NDP (pharmacy record)", "pharmacy_record"),
    "1.2.250.1.71.4.2.1": Authority("RPPS (professionals)", "professionals"),
    "1.2.250.1.71.4.2.2": Authority("FINESS (establishments)", "establishments"),
}
"""OID -> authority. Only an INS can make two establishments' persons one (decision 0023)."""

INS: Final = frozenset(oid for oid, authority in REGISTERED.items() if authority.numbers == "ins")
TEST: Final = frozenset(oid for oid, authority in REGISTERED.items() if authority.is_test)

INS_TYPES: Final = frozenset({"INS", "INS-NIR", "INS-NIA"})
"""What a sender calls a number (HL7 v2, CX-5) that it means as an INS."""

NAMES: Final[Mapping[str, str]] = {
    f"{prefix}{name}": oid
    for prefix in ("", "asip-sante-")
    for name, oid in (("ins-nir", INS_NIR), ("ins-nia", INS_NIA))
}
"""What the authorities of an INS are called, in small letters -> OID."""
