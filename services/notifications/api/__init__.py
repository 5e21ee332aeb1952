"""The HTTP routes of notifications and the shapes of their requests and answers."""

from typing import Final

from services.notifications.handlers.dependencies import Dependencies
from shared.web.state import StateEntry

DEPENDENCIES: Final = StateEntry[Dependencies]("dependencies")
"""What the routes hand to the use cases."""
