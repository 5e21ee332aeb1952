"""MLLP entry point of admission: `python -m services.admission.mllp`."""

import ssl

import uvloop

from services.admission.api.mllp.server import MllpServer
from services.admission.handlers.tally import storing_tally
from services.admission.settings import Settings
from services.admission.wiring import SERVICE
from shared.spine.service.open_to_serve import open_to_serve
from shared.spine.worker import run_worker


async def serve() -> None:
    """Serve until told to stop; without `RELAIS_MLLP_PORTS` and `RELAIS_MLLP_SOURCES` on no port."""
    settings = Settings.of()
    async with open_to_serve(SERVICE, settings) as opened, storing_tally(opened.dependencies):
        server = MllpServer(
            opened.dependencies,
            settings.mllp_bindings,
            ports=settings.ports_of_mllp,
            host=settings.mllp_host,
            tls=tls_of(settings),
        )
        await server.listen()
        await run_worker("admission-mllp", {"mllp": server.run}, metrics_port=settings.metrics_port)


def tls_of(settings: Settings) -> ssl.SSLContext | None:
    """Without a certificate of ours there is none; with a CA of clients, each must show a certificate."""
    if not settings.mllp_certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings.mllp_certificate, settings.mllp_key or None)
    if settings.mllp_client_ca:
        context.load_verify_locations(settings.mllp_client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


if __name__ == "__main__":
    uvloop.run(serve())
