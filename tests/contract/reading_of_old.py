"""Says what the consumers of a release do with records; `test_previous_release.py` runs it in its tree.

Takes and gives lines of JSON, one a record.
"""

import json
import sys
from importlib import import_module
from types import SimpleNamespace

import msgspec

from shared.spine.records.cloud_events import decode

ROUTES = {
    service: import_module(f"services.{service}.consumers").ROUTES
    for service in ("pathway", "notifications", "indicators")
}

for line in sys.stdin:
    said = json.loads(line)
    record = SimpleNamespace(
        topic="t",
        partition=0,
        offset=0,
        key=said["key"].encode(),
        value=said["value"].encode(),
        headers=[(name, value.encode()) for name, value in said["headers"]],
    )
    incoming = decode(record)
    read = None if incoming.data is None else json.loads(msgspec.json.encode(incoming.data))
    answer = {
        "type": incoming.envelope and incoming.envelope.type,
        "reason": incoming.reason,
        "read": read,
        "taken_by": [service for service, routes in ROUTES.items() if type(incoming.data) in routes],
    }
    sys.stdout.write(f"{json.dumps(answer)}\n")
