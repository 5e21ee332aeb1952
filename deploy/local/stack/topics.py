"""Creates every publisher's topic: `python -m deploy.local.stack.topics BOOTSTRAP`.

A process of its own, so that the supervisor need not keep a Kafka client in memory.
"""

import asyncio
import sys

from shared.events.registry import TOPICS
from shared.spine.kafka.topics import ensure_topics

if __name__ == "__main__":
    asyncio.run(ensure_topics(sys.argv[1], list(TOPICS)))
