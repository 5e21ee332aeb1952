"""Reads the arguments of the command `relais-client`."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import relais_client


def arguments_of(given: Sequence[str] | None) -> argparse.Namespace:
    """What was asked for; ends the process with a sentence when that cannot be understood."""
    parser = argparse.ArgumentParser(prog="relais-client", description=relais_client.__doc__)
    parser.add_argument(
        "--queue",
        type=Path,
        default=os.environ.get("RELAIS_QUEUE", "relais-queue.db"),
        help="the file of the queue (or RELAIS_QUEUE)",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    put = commands.add_parser("put", help="keep the statements of standard input, one JSON object per line")
    put.add_argument("--path", default="/v1/movements", help="where they are to be posted")
    send = commands.add_parser("send", help="send what is queued, until stopped")
    send.add_argument("--url", default=os.environ.get("RELAIS_URL"), help="of admission (or RELAIS_URL)")
    send.add_argument(
        "--key-file",
        type=Path,
        default=os.environ.get("RELAIS_KEY_FILE"),
        help="a file with the source's key (or RELAIS_KEY_FILE)",
    )
    send.add_argument("--until-empty", action="store_true", help="end when nothing is queued any more")
    commands.add_parser("status", help="how many are queued, accepted, refused")
    refused = commands.add_parser("refused", help="what was refused, and why")
    refused.add_argument("--drop", metavar="ID", help="forget this one, which was corrected under a new id")
    refused.add_argument("--retry", metavar="ID", help="send this one again as it is")
    forget = commands.add_parser("forget", help="forget old receipts; a queue keeps them until then")
    forget.add_argument("--days", type=int, default=30, help="those of so many days ago and before (30)")
    answer = commands.add_parser("answer", help="the receipt, or the problem, of a statement")
    answer.add_argument("id", help="its source_event_id")
    return parser.parse_args(given)
