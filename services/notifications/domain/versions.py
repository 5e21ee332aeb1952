"""By which kinds may one version of a fact reach a recipient? As news, as a correction, as a retraction."""

from services.notifications.domain.audience import Recipient
from services.notifications.domain.facts import Fact
from services.notifications.domain.kinds import corrected, retracted
from services.notifications.domain.statements import NOTHING, Statement


def kinds_of(statement: Statement, earlier: Fact, recipient: Recipient) -> set[str]:
    """The kinds that a version gives, given the versions before it; more of those never take one away."""
    told_before = [version for version in earlier if version.said_to(recipient) != NOTHING]
    if statement.news is not None and statement.said_to(recipient) != NOTHING:
        kinds = set() if statement.only_corrects else {str(statement.news.kind)}
        return kinds | ({corrected(statement.news.kind)} if told_before else set())
    if not (statement.replaces or statement.ends):
        return set()
    shown = {version.news.shown_kind for version in told_before if version.news is not None}
    if statement.ends and statement.news is not None and statement.news.audience.includes(recipient):
        shown.add(statement.news.shown_kind)  # a cancel that came alone says itself what it takes back
    return {retracted(kind) for kind in shown if not statement.ends or kind in statement.ends}
