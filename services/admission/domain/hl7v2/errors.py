"""Defines why bytes are no HL7 v2 message that can be read."""

from shared.runtime.errors import UnusableValue


class UnreadableMessage(UnusableValue):
    """The message cannot be read."""


class NoHeader(UnreadableMessage):
    """The message does not begin with a segment MSH."""


class BadDelimiters(UnreadableMessage):
    """MSH-1 and MSH-2 name no usable delimiters."""


class UnknownCharset(UnreadableMessage):
    """MSH-18 names a charset that is not read here."""


class NotInItsCharset(UnreadableMessage):
    """The message is not in the charset that it declares or, undeclared, in that of its source."""


class TooManySegments(UnreadableMessage):
    """The message has more segments than any ADT message."""


class SeveralMessages(UnreadableMessage):
    """There is another message in it, behind a second segment MSH."""
