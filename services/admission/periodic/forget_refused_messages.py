"""Deletes refused HL7 v2 messages that came last too long ago."""

from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.hl7v2.quarantine import forget_refused


async def forget_refused_messages(dependencies: Dependencies) -> None:
    """Delete what is older than it is kept."""
    await forget_refused(dependencies)
