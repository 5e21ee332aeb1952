"""Who calls an operation: the groups of an OpenAPI document."""

from collections.abc import Mapping
from typing import Final, Literal

Caller = Literal["integrator", "reader", "operator", "provider", "peer"]
"""For whom an operation is; the document groups by it, with the descriptions in `CALLERS`."""

CALLERS: Final[Mapping[Caller, str]] = {
    "integrator": (
        "Software of an establishment: states movements, keeps care circles, follows its receipts. "
        "A key with the scope `intake` or `circle`."
    ),
    "reader": "Software that shows pathways, outcomes and figures to people. A key with the scope `read`.",
    "operator": "The people who run the platform. A key with the scope `operator`.",
    "provider": "The SMS gateway, which reports deliveries. No key: the address that it calls admits it.",
    "peer": "The platform's own services, which compare and pull events. A key with the scope `ledger`.",
}
