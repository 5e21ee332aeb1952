"""Claims the MSH-10 of messages that state movements, so that no identity is stated under it.

Two tables hold what messages state, so no unique constraint can tell; whoever takes the lock first can.
"""

from collections.abc import Sequence

from services.admission.domain.submission import Submission
from services.admission.domain.whole_messages import follows
from services.admission.handlers.meanwhile import StatedOtherwise
from services.admission.storage import submissions as storage
from services.admission.storage.identities.movements import share_messages
from services.admission.storage.identities.statements import digests_of
from shared.database.pool import Connection


async def claim(connection: Connection, messages: Sequence[Submission]) -> None:
    """Hold their ids; raises `StatedOtherwise` where identities were stated under some of them.

    What is stored already is answered as stored, whatever was stated under its id since.
    """
    new = {each.key: each for each in messages if not follows(each)}
    await share_messages(connection, new)
    found = await digests_of(connection, new)
    if found:
        for key in await storage.receipts_of(connection, list(found)):
            del found[key]
    if found:
        raise StatedOtherwise({new[key].event_id: digest for key, digest in found.items()})
