"""The HTTP API of notifications: its routes, and the shapes of requests and responses."""

from typing import Final

from services.notifications.handlers.dependencies import Dependencies
from shared.web.state import StateEntry

DEPENDENCIES: Final = StateEntry[Dependencies]("dependencies")
"""What the routes hand to the use cases."""
