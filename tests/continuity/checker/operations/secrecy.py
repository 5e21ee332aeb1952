"""I12: searches logs, topics and ledgers for the run's personal data."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.verdict import Finding

_DIGITS: Final = re.compile(r"\d{9,}")
_FRANCE: Final = "+33"
_PREFIXES: Final = ("33", "0033", "0", "")


def check_secrecy(evidence: Evidence) -> Finding:
    """Names, identifiers and phones of the run appear nowhere that they must not."""
    secrets = [secret for secret in evidence.run.about.get("secrets", ()) if secret]
    secrets += [carer.phone for carer in evidence.run.circle]
    sought = _Secrets(secrets)
    violations: list[str] = []
    looked_at = 0
    for where, texts in _places(evidence):
        for text in texts:
            looked_at += 1
            if sought.is_in(text):
                violations.append(f"{where} names a person")
    return Finding(
        invariant="I12 no personal data",
        looked_at=looked_at,
        violations=violations,
        figures={"secrets": len(set(secrets))},
    )


def _places(evidence: Evidence) -> Iterator[tuple[str, Iterable[str]]]:
    for path in evidence.logs:
        with path.open(errors="replace") as lines:
            yield f"log {path.name}", lines
    for record in evidence.records:
        yield f"{record.topic}/{record.partition}/{record.offset}", (record.key, record.headers, record.value)
    for service, stored in evidence.stored.items():
        for event in stored.ledger:
            yield f"ledger of {service}, {event.event_id}", (str(event.data),)


class _Secrets:
    """Looks up phones, in any notation, in a set, and searches for the few other secrets one by one."""

    def __init__(self, secrets: Iterable[str]) -> None:
        every = set(secrets)
        phones = {secret for secret in every if secret.startswith(_FRANCE)}
        self._phones = {f"{prefix}{phone.removeprefix(_FRANCE)}" for phone in phones for prefix in _PREFIXES}
        self._others = sorted(every - phones)

    def is_in(self, text: str) -> bool:
        # Digits only: a plus becomes %2B in a URL.
        return any(number in self._phones for number in _DIGITS.findall(text)) or any(
            other in text for other in self._others
        )
