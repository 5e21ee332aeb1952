"""Registers by hand what no extract states: an establishment, a unit, a shared identity domain."""

from collections.abc import Collection

from services.admission.domain.directory.entries import Establishment, Unit
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.directory import affiliations, establishments
from shared.database.transaction import transaction


async def register_establishment(dependencies: Dependencies, establishment: Establishment) -> None:
    """Store it as it is stated, until an extract states it otherwise."""
    async with transaction(dependencies.pool) as connection:
        await establishments.save_establishments(connection, [establishment])


async def register_unit(dependencies: Dependencies, finess: str, unit: Unit) -> bool:
    """Store the unit as it is stated; false when the directory does not list the establishment.

    What comes to this process next already travels under its code, and to others within `DIRECTORY_SECONDS`.
    """
    async with transaction(dependencies.pool) as connection:
        if await establishments.establishment_of(connection, finess) is None:
            return False
        await establishments.save_unit(connection, finess, unit)
    dependencies.affiliations_until.pop(finess, None)
    return True


async def register_identity_domain(
    dependencies: Dependencies, domain: str, *, authority: str, members: Collection[str]
) -> dict[str, str]:
    """Make these the members that share the authority's numbers, unless some share them elsewhere.

    Returns those that do, with their domain; then nothing was changed.
    """
    async with transaction(dependencies.pool) as connection:
        known = await affiliations.domains_of(connection, authority=authority, members=members)
        elsewhere = {member: other for member, other in known.items() if other != domain}
        if not elsewhere:
            await affiliations.share_domain(connection, domain, authority=authority, members=members)
    return elsewhere
