"""Defines the root of our own errors; the first paragraph of an error's docstring is its message.

RelaisError
 + EventRejected          the consumer parks the event and applies the rest
 + RetryableError         anyone who retries, retries (`shared.runtime.failures`)
 |  + ClusterChanged      the consumer joins its group again
 |  + Fenced              the consumer joins its group again
 |  + IdentitiesChanged   admission reads the owners and commits the batch again
 |  + LinkedMeanwhile     admission reads the owner and commits the batch again
 |  + NotCommitted        the API answers 503
 |  + PublisherUnavailable  reconciliation and the audit try again at their next round
 |  + StatedOtherwise     admission commits the batch again without those messages
 |  + StoredBefore        admission commits the batch again without what follows in those messages
 + WorkerStops            the worker process ends with exit code 1
 |  + ConsumerStalled
 |  + ParkingCapReached
 + UnusableValue          the API names the field in a 422; the planner finds no channel
 |  + NoWordingError
 |  + NotAnEntryError        the loading names the line
 |  + NotAnInsError
 |  + NotAnAddressError
 |  + NotCallable           the API names the field; a callback counts as not delivered
 |  + NotReachableError
 |  + UnknownExtractError
 |  + UnreadableMessage     the HL7 v2 door answers AR, and keeps the bytes in quarantine
 |     + NoHeader
 |     + BadDelimiters
 |     + UnknownCharset
 |     + NotInItsCharset
 |     + TooManySegments
 |     + SeveralMessages
 |  + TooManyMessages       the HL7 v2 door answers 413, over MLLP AR
 + CallersTaken            the API answers 409
 + CertificateTaken        the API answers 409
 + ClientTooSlow          the server closes the connection
 + ContradictingSchemas   the documents are not generated
 + EndedOtherwise         the API answers 409
 + EndedAlready           the API answers 409
 + NobodySigns            the API answers 503
 + NotAnswered            the callback is tried again
 + NoOperation            the documents are not generated
 + RebuildError           the command says it and ends with exit code 1
 + UnknownMergeError      the API answers 404
 + Undecipherable         the API answers 500: a key is lost, or the data was changed

Beside them stands `shared.web.problems.Problem`, which is an answer. A test holds this tree against the code.
"""

import inspect


class RelaisError(Exception):
    """Something went wrong in Relais."""

    def __init__(self, *message: object) -> None:
        super().__init__(*(message or [default_message(type(self))]))


class RetryableError(RelaisError):
    """It may succeed when it is tried again."""


class WorkerStops(RelaisError):  # noqa: N818
    """The service is wrong, and its worker must not go on."""


class UnusableValue(RelaisError, ValueError):  # noqa: N818
    """A value cannot be used; the message says why and never quotes it."""


def default_message(error: type[Exception]) -> str:
    """The first paragraph of the docstring, on one line."""
    return " ".join((inspect.getdoc(error) or error.__name__).split("\n\n")[0].split())
