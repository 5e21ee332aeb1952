"""The client believes a callback that Relais signed, and no other; as Standard Webhooks says."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from relais_client import Callback, NotOursError, verify
from standardwebhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "A" * 32
MESSAGE = {
    "type": "movement.told",
    "timestamp": "2026-11-29T15:00:00Z",
    "data": {
        "receipt_id": "r-1",
        "source_event_id": "his-1",
        "service": "notifications",
        "settled": 1,
        "owed": 3,
        "later": True,
    },
}
BODY = json.dumps(MESSAGE).encode()


def signed(body: bytes = BODY, *, secret: str = SECRET, age: timedelta = timedelta()) -> dict[str, str]:
    """The headers of a callback that was sent so long ago."""
    sent_at = datetime.now(UTC) - age
    return {
        "Webhook-Id": "msg-1",
        "Webhook-Timestamp": str(int(sent_at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign("msg-1", sent_at, body.decode()),
    }


def test_a_signature_is_that_of_the_specification() -> None:
    sent_at = datetime.fromtimestamp(1614265330, UTC)
    signature = Webhook(SECRET).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", sent_at, '{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_relais_signed_is_read() -> None:
    assert verify(BODY, signed(), [OTHER, SECRET]) == Callback(
        id="msg-1",
        type="movement.told",
        timestamp=datetime(2026, 11, 29, 15, tzinfo=UTC),
        source_event_id="his-1",
        receipt_id="r-1",
        service="notifications",
        settled=1,
        owed=3,
        data=MESSAGE["data"],  # type: ignore[arg-type]
    )


def test_one_of_two_signatures_is_enough() -> None:
    headers = signed()
    headers["Webhook-Signature"] = (
        f"v1a,x {signed(secret=OTHER)['Webhook-Signature']} " + (headers["Webhook-Signature"])
    )
    assert verify(BODY, headers, [SECRET]).id == "msg-1"


@pytest.mark.parametrize(
    ("body", "headers_of"),
    [
        (BODY + b" ", signed),
        (BODY, lambda: signed(secret=OTHER)),
        (BODY, lambda: signed(age=timedelta(minutes=6))),
        (BODY, lambda: signed(age=-timedelta(minutes=6))),
        (BODY, lambda: {}),
        (BODY, lambda: signed() | {"Webhook-Signature": "no signature"}),
        (BODY, lambda: signed() | {"Webhook-Signature": "v1,é"}),
        (BODY, lambda: signed() | {"Webhook-Timestamp": "now"}),
        (BODY, lambda: signed() | {"Webhook-Id": "msg-2"}),
        (b"\xff", signed),
        (b"[]", lambda: signed(b"[]")),
        (b"{}", lambda: signed(b"{}")),
        (b"not JSON", lambda: signed(b"not JSON")),
    ],
)
def test_nothing_else_is_believed(body: bytes, headers_of: Callable[[], dict[str, str]]) -> None:
    with pytest.raises(NotOursError):
        verify(body, headers_of(), [SECRET])
