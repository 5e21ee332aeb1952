"""Looks up establishments, professionals and identity domains in the directory."""

from msgspec import Struct

from services.admission.domain.directory.affiliation import SharedNumbers
from services.admission.domain.directory.entries import Establishment, Mailbox, Professional, Unit
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.directory import affiliations, establishments, professionals


class ListedEstablishment(Struct, frozen=True, kw_only=True):
    """An establishment with what belongs to it."""

    establishment: Establishment
    sites: tuple[Establishment, ...]
    """Of a legal entity."""
    units: tuple[Unit, ...]
    mailboxes: tuple[Mailbox, ...]
    """Of the establishment itself, never those of persons who work there."""


class ListedProfessional(Struct, frozen=True, kw_only=True):
    """A professional, where they work, and their mailboxes."""

    professional: Professional
    establishments: tuple[str, ...]
    mailboxes: tuple[Mailbox, ...]


async def look_up_establishment(dependencies: Dependencies, finess: str) -> ListedEstablishment | None:
    """The establishment under this number, if the directory lists it."""
    pool = dependencies.pool
    found = await establishments.establishment_of(pool, finess)
    if found is None:
        return None
    return ListedEstablishment(
        establishment=found,
        sites=tuple(await establishments.sites_of(pool, finess)),
        units=tuple(await establishments.units_of(pool, finess)),
        mailboxes=tuple(await professionals.mailboxes_of(pool, finess)),
    )


async def look_up_identity_domains(dependencies: Dependencies) -> list[SharedNumbers]:
    """Every identity domain that establishments share."""
    return await affiliations.shared_domains(dependencies.pool)


async def look_up_professional(dependencies: Dependencies, rpps: str) -> ListedProfessional | None:
    """The professional under this number, if the directory lists them."""
    pool = dependencies.pool
    found = await professionals.professional_of(pool, rpps)
    if found is None:
        return None
    return ListedProfessional(
        professional=found,
        establishments=tuple(await professionals.practices_of(pool, rpps)),
        mailboxes=tuple(await professionals.mailboxes_of(pool, rpps)),
    )
