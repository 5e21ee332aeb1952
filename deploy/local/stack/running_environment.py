"""The environment of a service of the running stack, for a command that runs beside it."""

from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.errors import StackError
from deploy.local.stack.addresses import USUAL_PORTS, Addresses
from deploy.local.stack.credentials import read_credentials
from deploy.local.stack.services import service_environment
from deploy.local.supervision.state import is_supervised, read_state


def running_environment(folder: Path, service: str) -> dict[str, str]:
    """What the service's settings read.

    Raises:
        StackError: nothing runs here.
    """
    credentials = read_credentials(folder)
    if credentials is None or not is_supervised(folder):
        raise StackError("Relais is not running here: `relais up` starts it")
    records = read_state(folder).records
    urls = {record.name: record.url for record in records}
    urls |= {
        record.name.replace("-api", "-operations"): record.operations
        for record in records
        if record.operations
    }
    ports = {name: urlsplit(urls.get(name, "")).port or usual for name, usual in USUAL_PORTS.items()}
    return service_environment(service, Addresses(ports=ports, notes={}), credentials, traces=False)
