"""How is a struct sent? As the JSON that msgspec writes."""

from collections.abc import Mapping

import msgspec
from starlette.responses import Response


def json(status: int, body: msgspec.Struct, *, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with `body` as JSON."""
    return Response(msgspec.json.encode(body), status, headers=headers, media_type="application/json")
