"""What an answer means, for the statement and for those behind it."""

import pytest
from relais_client.answers import (
    LONGEST_PAUSE_SECONDS,
    Accepted,
    Later,
    Refused,
    Verdict,
    pause_after,
    verdict_on,
)

RECEIPT = b'{"receipt_id": "0199"}'
PROBLEM = {"content-type": "application/problem+json"}


@pytest.mark.parametrize("status", [200, 202])
def test_a_receipt_says_that_it_is_stored(status: int) -> None:
    assert verdict_on(status, {}, RECEIPT) == Accepted()


@pytest.mark.parametrize(
    "content", [b"", b"<html>Please log in", b"{}", b"[]", b'{"receipt_id": null}', b"\xff"]
)
def test_200_without_a_receipt_says_nothing(content: bytes) -> None:
    assert verdict_on(200, {}, content) == Later(concerns_all=True)


@pytest.mark.parametrize("status", [400, 409, 413, 415, 422])
def test_what_relais_says_is_wrong_is_refused(status: int) -> None:
    assert verdict_on(status, PROBLEM, b"") == Refused()


@pytest.mark.parametrize("status", [400, 413])
def test_what_something_before_relais_says_refuses_nothing(status: int) -> None:
    html = {"content-type": "text/html"}
    assert verdict_on(status, html, b"plain HTTP was sent to a port of HTTPS") == Later(concerns_all=True)


@pytest.mark.parametrize(
    ("status", "retry_after", "verdict"),
    [
        (500, None, Later(concerns_all=False)),
        (408, None, Later(concerns_all=False)),
        (503, "7", Later(concerns_all=True, after_seconds=7)),
        (429, "2", Later(concerns_all=True, after_seconds=2)),
        (503, "Wed, 21 Oct 2026 07:28:00 GMT", Later(concerns_all=True)),
        (503, "99999999", Later(concerns_all=True, after_seconds=3600)),
        (503, "-1", Later(concerns_all=True)),
        (401, None, Later(concerns_all=True)),
        (403, None, Later(concerns_all=False)),
        (404, None, Later(concerns_all=False)),
        (302, None, Later(concerns_all=True)),
    ],
)
def test_whatever_else_is_answered_it_is_sent_again(
    status: int, retry_after: str | None, verdict: Verdict
) -> None:
    headers = {} if retry_after is None else {"retry-after": retry_after}
    assert verdict_on(status, PROBLEM | headers, RECEIPT) == verdict


def test_pauses_double_up_to_the_longest() -> None:
    assert [pause_after(failures, share=1.0) for failures in (0, 1, 2, 3)] == [1, 2, 4, 8]
    assert pause_after(0, share=0.0) == 0.5
    assert pause_after(10**6, share=1.0) == LONGEST_PAUSE_SECONDS
