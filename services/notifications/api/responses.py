"""The bodies of responses, built from what the use cases return."""

from uuid import UUID

from msgspec import Struct

from services.notifications.api.requests import Proof, StatedConsent
from services.notifications.domain.circle.members import Basis, ChannelName, Consent, ContactState, Discretion
from services.notifications.handlers.circle.members import CarerView, ProfessionalView
from services.notifications.handlers.obligations.list_obligations import ObligationView
from shared.events.envelope import Moment


class ShownChannel(Struct, frozen=True, kw_only=True):
    """A way to reach a member, in its canonical form."""

    medium: ChannelName
    address: str
    order: int
    state: ContactState


class ShownCarer(Struct, frozen=True, kw_only=True):
    """A carer as the circle holds them."""

    carer_id: str
    """As the caller chose it."""
    declared_by: str
    """FINESS number of the establishment whose declaration it is; empty where that was never kept."""
    joined_at: Moment
    alias: str
    channels: tuple[ShownChannel, ...]
    consent: StatedConsent
    basis: Basis
    night: bool
    discretion: Discretion
    zone: str | None = None
    """As declared, or that of their number."""


class ShownProfessional(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A professional as the circle holds them."""

    establishment: str
    declared_by: str
    """FINESS number of the establishment whose declaration it is; empty where that was never kept."""
    joined_at: Moment
    email: str
    state: ContactState
    basis: Basis
    consent: StatedConsent | None = None


class Obligations(Struct, frozen=True, kw_only=True):
    """Who had to be told what, newest first."""

    person_id: UUID
    obligations: tuple[ObligationView, ...]


def carer_response(view: CarerView, *, carer_id: str) -> ShownCarer:
    carer = view.carer
    preferred = carer.preferences.channels
    contacts = sorted(carer.contacts, key=lambda contact: preferred.index(contact.channel))
    return ShownCarer(
        carer_id=carer_id,
        declared_by=view.declared_by,
        joined_at=view.joined_at,
        alias=carer.alias,
        channels=tuple(
            ShownChannel(medium=contact.channel, address=contact.value, order=order, state=contact.state)
            for order, contact in enumerate(contacts, start=1)
        ),
        consent=_consent_response(carer.consent),
        basis=carer.basis,
        night=carer.preferences.night,
        discretion=carer.preferences.discretion,
        zone=carer.preferences.zone,
    )


def professional_response(view: ProfessionalView) -> ShownProfessional:
    contact = view.professional.contacts[0]
    consent = view.professional.consent
    return ShownProfessional(
        establishment=view.establishment,
        declared_by=view.declared_by,
        joined_at=view.joined_at,
        email=contact.value,
        state=contact.state,
        basis=view.professional.basis,
        consent=None if consent is None else _consent_response(consent),
    )


def _consent_response(consent: Consent) -> StatedConsent:
    return StatedConsent(
        given_at=consent.given_at,
        proof=Proof(kind=consent.proof_kind, reference=consent.proof_reference),
    )
