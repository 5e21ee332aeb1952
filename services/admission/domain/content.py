"""Do two bodies say the same? They do when their canonical JSON has the same SHA-256."""

from hashlib import sha256

import msgspec

# A number stays as it is written: as a float, two that differ could become equal.
_decoder = msgspec.json.Decoder(float_hook=lambda number: msgspec.Raw(number.encode()))


def content_sha256(body: bytes) -> bytes:
    """Digest of a JSON body: the order of keys and white space do not count, unknown fields do."""
    return sha256(msgspec.json.encode(_decoder.decode(body), order="deterministic")).digest()
