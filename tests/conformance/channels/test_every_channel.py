"""Every channel keeps the promises of `Channel` towards a real provider of its medium."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID, uuid4

import pytest

from services.notifications.channels.channel import (
    Accepted,
    Message,
    RejectedPermanently,
    RejectedTemporarily,
    Unknown,
)
from tests.conformance.channels.providers import (
    Provider,
    email_provider,
    scripted_provider,
    sms_provider,
)

TEXT = "Parcours : Mamie est en établissement depuis le 23/11 à 14h05."

Opened = Callable[[], AbstractAsyncContextManager[Provider]]


@pytest.fixture(params=[sms_provider, email_provider, scripted_provider], ids=["sms", "email", "scripted"])
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    opened: Opened = request.param
    async with opened() as ready:
        yield ready


def _message(provider: Provider, *, attempt_id: UUID | None = None) -> Message:
    return Message(
        obligation_id=UUID(int=7),
        attempt_id=attempt_id or uuid4(),
        to=provider.address,
        subject="Parcours : information concernant Mamie",
        text=TEXT,
        html="<p>Mamie</p>",
        validity_seconds=3600,
    )


async def test_a_message_that_the_provider_takes_is_accepted(provider: Provider) -> None:
    assert isinstance(await provider.channel.send(_message(provider)), Accepted)
    assert await provider.texts() == [TEXT]


async def test_a_passing_refusal_is_temporary_and_the_next_try_arrives(provider: Provider) -> None:
    await provider.refuse_for_now()
    assert isinstance(await provider.channel.send(_message(provider)), RejectedTemporarily)
    assert await provider.texts() == []
    assert isinstance(await provider.channel.send(_message(provider)), Accepted)
    assert await provider.texts() == [TEXT]


async def test_a_refusal_for_good_is_permanent(provider: Provider) -> None:
    await provider.refuse_for_good()
    assert isinstance(await provider.channel.send(_message(provider)), RejectedPermanently)
    assert await provider.texts() == []


async def test_no_answer_after_the_message_left_is_unknown(provider: Provider) -> None:
    await provider.accept_without_answering()
    assert isinstance(await provider.hasty.send(_message(provider)), Unknown)
    assert await provider.texts() == [TEXT]


async def test_nobody_there_is_temporary_since_nothing_was_sent(provider: Provider) -> None:
    assert isinstance(await provider.nowhere.send(_message(provider)), RejectedTemporarily)


async def test_a_reason_never_holds_the_address(provider: Provider) -> None:
    await provider.refuse_for_good()
    refused = await provider.channel.send(_message(provider))
    await provider.refuse_for_now()
    postponed = await provider.channel.send(_message(provider))
    assert provider.address not in f"{refused}{postponed}"


async def test_a_resend_of_the_same_attempt_is_taken_again(provider: Provider) -> None:
    attempt_id = uuid4()
    for _ in range(2):
        result = await provider.channel.send(_message(provider, attempt_id=attempt_id))
        assert isinstance(result, Accepted)
    assert await provider.texts() == [TEXT, TEXT]


async def test_it_says_what_it_is(provider: Provider) -> None:
    assert provider.channel.name in {"sms", "email"}
    assert provider.channel.gives_delivery_reports is (provider.channel.name == "sms")
