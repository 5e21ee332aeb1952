"""Plays the demo on the stack of this machine, which is started first when it does not run."""

from pathlib import Path

from rich.console import Console

from deploy.local import starting
from deploy.local.demo.platform import Addresses, DemoError
from deploy.local.demo.show import run
from deploy.local.errors import StackError
from deploy.local.stack.operator_key import demo_key
from deploy.local.supervision.state import is_supervised, read_state


def play_here(folder: Path) -> None:
    """Play the demo on the stack whose state is in `folder`.

    Raises:
        StackError: it does not start, or gave an answer that the demo cannot go on with.
    """
    if not is_supervised(folder):
        starting.in_background(folder, traces=True, as_json=False)
    try:
        run(_addresses(folder), Console())
    except DemoError as error:
        raise StackError(str(error)) from error


def _addresses(folder: Path) -> Addresses:
    operator_key = demo_key(folder)
    if operator_key is None:
        raise StackError("this stack has no key for the demo: `relais reset` and start again")
    urls = {record.name: record.url for record in read_state(folder).records}
    return Addresses(
        admission=urls["admission-api"],
        pathway=urls["pathway-api"],
        notifications=urls["notifications-api"],
        indicators=urls["indicators-api"],
        sms=urls["sms-gateway"],
        mail=urls["mail-sink"],
        operator_key=operator_key,
        traces=urls.get("zipkin"),
    )
