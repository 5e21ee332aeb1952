"""A channel without a provider: returns the results that a test scripted, and keeps what was sent."""

import asyncio
from collections import deque

from services.notifications.channels.channel import Accepted, Message, SendResult
from services.notifications.domain.circle.members import ChannelName


class ScriptedChannel:
    """Accepts everything once the script is used up."""

    def __init__(self, name: ChannelName = "sms", *, gives_delivery_reports: bool = True) -> None:
        self._name = name
        self._gives_delivery_reports = gives_delivery_reports
        self._sent = asyncio.Condition()
        self.results: deque[SendResult] = deque()
        self.messages: list[Message] = []

    @property
    def name(self) -> ChannelName:
        return self._name

    @property
    def gives_delivery_reports(self) -> bool:
        return self._gives_delivery_reports

    async def send(self, message: Message) -> SendResult:
        async with self._sent:
            self.messages.append(message)
            self._sent.notify_all()
        return self.results.popleft() if self.results else Accepted(str(message.attempt_id))

    async def until_sent(self, count: int) -> None:
        """Return once `count` messages were sent."""
        async with self._sent:
            await self._sent.wait_for(lambda: len(self.messages) >= count)
