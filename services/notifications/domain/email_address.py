"""Which address can an e-mail be sent to? Plain ASCII addresses with a full domain."""

import re
from email.errors import MessageError
from email.headerregistry import Address

_LONGEST = 254
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class NotAnAddressError(ValueError):
    """The message says why and never quotes the address."""


def canonical(written: str) -> str:
    """The address with its domain in lower case; the part before the @ is the receiver's affair."""
    if not written.isascii() or len(written) > _LONGEST or any(c.isspace() for c in written):
        raise NotAnAddressError("must be a plain e-mail address")
    try:
        address = Address(addr_spec=written)
    except (MessageError, ValueError, IndexError):
        raise NotAnAddressError("must be a plain e-mail address") from None
    domain = address.domain.lower()
    if not address.username or _DOMAIN.fullmatch(domain) is None:
        raise NotAnAddressError("must be a plain e-mail address")
    return Address(username=address.username, domain=domain).addr_spec
