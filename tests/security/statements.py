"""Notes the statements that are executed on a pool."""

from typing import Any

from shared.database.pool import Pool


class NotingPool:
    """A pool that notes each statement, without what is asked for."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.executed: list[str] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._pool, name)

        async def noted(query: str, *arguments: object) -> Any:
            self.executed.append(query)
            return await found(query, *arguments)

        return noted
