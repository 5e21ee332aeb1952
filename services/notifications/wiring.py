"""Composes notifications: what it serves, consumes, publishes and does in the background."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final
from zoneinfo import ZoneInfo

import httpx

from services.notifications.api import (
    carer_page,
    carers,
    circle,
    delivery_reports,
    obligation_balance,
    obligations,
    professionals,
)
from services.notifications.channels.channel import Channel
from services.notifications.channels.email import EmailChannel
from services.notifications.channels.sms import SmsChannel, report_tokens_of
from services.notifications.consumers import ROUTES
from services.notifications.domain.circle.members import ChannelName
from services.notifications.handlers.audit.audit_rounds import measure_audit
from services.notifications.handlers.circle.close_circles import close_circles
from services.notifications.handlers.circle.export_person import SECTIONS
from services.notifications.handlers.circle.invite import send_invitations
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.compare_obligations import compare_obligations
from services.notifications.handlers.obligations.event_outcome import EventOutcome, event_outcome
from services.notifications.handlers.obligations.take_back_facts import take_back_facts
from services.notifications.handlers.obligations.timeouts import (
    expire_obligations,
    measure_obligations,
    sweep_unknown_attempts,
)
from services.notifications.periodic.audit_obligations import audit_obligations
from services.notifications.periodic.fulfil_due_obligations import fulfil_due_emails, fulfil_due_sms
from services.notifications.settings import Settings
from services.notifications.storage.projected import ADOPTED, SWAPPED
from services.notifications.storage.retention import RETENTION
from services.notifications.storage.tables import metadata
from shared.events.registry import ADMISSION, NOTIFICATIONS, PATHWAY
from shared.runtime.clock import Clock
from shared.security.vault import Vault
from shared.spine.export.section import Export
from shared.spine.service.definition import Consumption, PeriodicDuty, RebuildPlan, Service, Spine
from shared.spine.service.outcome import outcome_router
from shared.web.client import authorities_of, open_client

SMS_TIMEOUT_SECONDS: Final = 20.0
PUBLISHERS: Final = (ADMISSION, PATHWAY)


@asynccontextmanager
async def open_dependencies(settings: Settings, spine: Spine) -> AsyncIterator[Dependencies]:
    """Open what the use cases work with."""
    vault = Vault(settings.master_keys)
    ledgers = spine.reconciliation.ledger_clients
    authorities = settings.provider_ca_file
    async with open_client(timeout_seconds=SMS_TIMEOUT_SECONDS, ca_file=authorities) as client:
        yield Dependencies(
            pool=spine.pool,
            vault=vault,
            clock=spine.clock,
            channels=_channels(settings, vault, client, spine.clock),
            waits=settings.waits,
            zone=ZoneInfo(settings.time_zone),
            public_url=settings.public_url.rstrip("/"),
            contact_phone=settings.contact_phone,
            sms_countries=settings.countries,
            invites=settings.invitations,
            grants=settings.verifier,
            ledgers=ledgers if set(ledgers) == set(PUBLISHERS) else {},
        )


def _channels(
    settings: Settings, vault: Vault, client: httpx.AsyncClient, clock: Clock
) -> Mapping[ChannelName, Channel]:
    return {
        "sms": SmsChannel(
            client,
            url=settings.sms_url,
            username=settings.sms_username,
            password=settings.sms_password,
            public_url=settings.public_url.rstrip("/"),
            report_tokens=report_tokens_of(vault),
            sender=settings.sms_sender or None,
        ),
        "email": EmailChannel(
            host=settings.smtp_host,
            port=settings.smtp_port,
            sender=settings.mail_from,
            clock=clock,
            security=settings.smtp_security,
            authorities=authorities_of(settings.provider_ca_file),
            username=settings.smtp_username or None,
            password=settings.smtp_password or None,
        ),
    }


SERVICE = Service(
    name=NOTIFICATIONS,
    description="Keeps the care circle of a person, and says who was told what about them.",
    settings=Settings,
    open_dependencies=open_dependencies,
    serves=[
        carers.router,
        professionals.router,
        circle.router,
        obligations.router,
        delivery_reports.router,
        carer_page.router,
        obligation_balance.router,
        outcome_router(EventOutcome, event_outcome),
    ],
    consumes=Consumption(
        publishers=PUBLISHERS,
        routes=ROUTES,
        take_back=take_back_facts,
        # At forty movements a second half as many transactions, which the sending lanes would wait for.
        fetch_interval_seconds=0.02,
    ),
    publishes=True,
    continuous_duties={
        "fulfil_sms": fulfil_due_sms,
        "fulfil_email": fulfil_due_emails,
        "audit_obligations": audit_obligations,
    },
    periodic_duties=[
        PeriodicDuty(seconds=1.0, run=sweep_unknown_attempts),
        # Apart from the lanes, which a provider may hold up.
        PeriodicDuty(seconds=1.0, run=expire_obligations),
        PeriodicDuty(seconds=1.0, run=send_invitations),
        PeriodicDuty(seconds=5.0, run=measure_obligations),
        PeriodicDuty(seconds=5.0, run=measure_audit),
        PeriodicDuty(seconds=86_400.0, run=close_circles),
    ],
    pausable=["sending"],
    wrapped_keys={"persons": "person_id"},
    retention=RETENTION,
    export=Export(sections=SECTIONS),
    rebuild=RebuildPlan(
        metadata=metadata, swapped=SWAPPED, adopted=ADOPTED, compare_also=compare_obligations
    ),
    connections=16,
)
