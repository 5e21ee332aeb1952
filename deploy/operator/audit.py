"""`relais audit`: verifies the record of who had access to what, and shows whoever had access to a person."""

import json
from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

import typer

from deploy.local.errors import StackError
from deploy.operator.options import AsJson
from deploy.operator.platform import SERVICES, Platform, open_platform

commands = typer.Typer(
    no_args_is_help=True, help="Who had access to what of whom, and whether that still holds."
)


@commands.command()
def verify(
    *,
    head: Annotated[
        list[str] | None,
        typer.Option(
            help="service=number:digest, as an earlier verification or the log said it; repeatable."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read the whole audit of every service; exit code 1 when anything was altered, removed or inserted."""
    platform, kept = open_platform(), _kept(head or [])
    found = {service: _verified(platform, service, kept.get(service)) for service in SERVICES}
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        for service, one in found.items():
            typer.echo(
                f"{service}: {one['entries']} entries, {len(one['faults'])} faults, head {one['head']}"
            )
            for fault in one["faults"]:
                typer.echo(f"  {fault['fault']}: {fault.get('chain', 'heads')} {fault['number']}")
    if any(one["faults"] for one in found.values()):
        raise typer.Exit(1)


@commands.command()
def person(
    person_id: Annotated[UUID, typer.Argument(help="As receipts name the person.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Who read, changed or was refused what is known of a person, at any service, oldest first."""
    platform = open_platform()
    accesses = sorted(
        (
            {"service": service, **each}
            for service in SERVICES
            for each in _accesses(platform, service, person_id)
        ),
        key=lambda each: each["at"],
    )
    if as_json:
        typer.echo(json.dumps(accesses, indent=2))
        return
    for each in accesses:
        who = each.get("establishment") or each.get("key_id") or "who holds the address"
        typer.echo(f"{each['at']}  {who}  {each['operation']}  {each['stage']}  ({each.get('why') or '-'})")


def _verified(platform: Platform, service: str, head: str | None) -> dict[str, Any]:
    query: dict[str, str | int] = {} if head is None else {"head": head}
    found: dict[str, Any] = {"entries": 0, "faults": [], "head": None}
    for page in _pages(platform, service, "/v1/audit/verification", query):
        found["entries"] += page["entries"]
        found["faults"] += page["faults"]
        found["head"] = found["head"] or page.get("head")
    return found


def _accesses(platform: Platform, service: str, person_id: UUID) -> Iterator[dict[str, Any]]:
    for page in _pages(platform, service, f"/v1/persons/{person_id}/accesses", {"limit": 200}):
        yield from page["accesses"]


def _pages(
    platform: Platform, service: str, path: str, query: dict[str, str | int]
) -> Iterator[dict[str, Any]]:
    while True:
        page: dict[str, Any] = platform.get(service, path, query)
        yield page
        if "continuation" not in page:
            return
        query = {**query, "continuation": page["continuation"]}


def _kept(heads: list[str]) -> dict[str, str]:
    kept = dict(each.partition("=")[::2] for each in heads)
    unknown = [service for service, head in kept.items() if service not in SERVICES or not head]
    if unknown:
        raise StackError(f"--head reads service=number:digest, and {unknown[0]!r} does not")
    return kept
