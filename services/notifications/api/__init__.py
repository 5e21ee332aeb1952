"""How is notifications spoken to over HTTP? Routes, and the shapes of requests and answers."""

from services.notifications.api import (
    by_person,
    carer_page,
    carers,
    delivery_reports,
    obligations,
    professionals,
    reconciliation,
)

ROUTERS = (
    carers.router,
    professionals.router,
    obligations.router,
    by_person.router,
    delivery_reports.router,
    carer_page.router,
    reconciliation.router,
)
