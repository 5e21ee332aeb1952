"""I12: does anything that names a person stand in a log, a topic or a ledger?"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.verdict import Finding

_WORD: Final = re.compile(r"\w+")


def check_secrecy(evidence: Evidence) -> Finding:
    """Names, numbers and phones of the run's persons, looked for wherever they must not be."""
    secrets = [secret for secret in evidence.run.about.get("secrets", ()) if secret]
    secrets += [carer.phone for carer in evidence.run.circle]
    sought = _Sought(secrets)
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


class _Sought:
    """Many secrets at once: whole words by a look-up, the rest one by one."""

    def __init__(self, secrets: Iterable[str]) -> None:
        plain = [secret.lstrip("+") for secret in secrets]
        self._words = {secret for secret in plain if _WORD.fullmatch(secret)}
        self._others = sorted({secret for secret in plain if not _WORD.fullmatch(secret)})

    def is_in(self, text: str) -> bool:
        return any(
            chain(
                (word in self._words for word in _WORD.findall(text)),
                (other in text for other in self._others),
            )
        )
