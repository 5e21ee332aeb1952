"""Settles what was heard from establishments, every few seconds."""

from services.pathway.handlers.dependencies import Dependencies
from services.pathway.storage import feeds


async def settle_feeds(dependencies: Dependencies) -> None:
    """Statements that were heard long enough ago say until when their feed is current."""
    settled = dependencies.clock() - dependencies.rules.feed_settling
    await feeds.settle(dependencies.pool, heard_by=settled)
