"""Says which paths are served on the port of operations, for whoever has to choose an address."""

from typing import Final

_BELOW: Final = ("/v1/operations/", "/v1/audit/", "/v1/pauses/", "/v1/parked/", "/v1/ledger/", "/v1/inbox/")
_EXACTLY: Final = ("/v1/operations", "/v1/parked", "/v1/reconciliation", "/metrics")


def is_operation(path: str) -> bool:
    """Whether a path, with or without a query, is one of the operations; everything else is the API's."""
    path = path.partition("?")[0]
    return path in _EXACTLY or path.startswith(_BELOW)
