"""Reads the settings of a process from its environment, complete or not at all."""

import re
from collections.abc import Mapping
from typing import TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


def variable(field: str) -> str:
    """The name of a field's variable; give it to a settings struct as `rename`."""
    return f"RELAIS_{field.upper()}"


def read(settings: type[T], service: str, environment: Mapping[str, str]) -> T:
    """The settings; ends the process with one message that names all that is missing, or what is wrong.

    An empty variable counts as not set. No value is ever quoted: it may be a secret.
    """
    given = {name: value for name, value in environment.items() if value}
    fields = msgspec.structs.fields(settings)
    missing = [one.encode_name for one in fields if one.required and one.encode_name not in given]
    if missing:
        raise SystemExit(f"{service} cannot start: {', '.join(missing)} not set")
    try:
        return msgspec.convert(given, settings, strict=False)
    except msgspec.ValidationError as error:
        raise SystemExit(f"{service} cannot start: {error}") from None


def named_addresses(text: str, *, variable: str) -> dict[str, str]:
    """Where other services are, from `name=http://host:port,...`; raises ValueError."""
    addresses: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, url = entry.partition("=")
        if not (name and re.match("https?://", url)):
            raise ValueError(f"{variable} must read name=http://host:port,...")
        addresses[name] = url.rstrip("/")
    return addresses


def sha256_digest(text: str, *, variable: str) -> str:
    """A hexadecimal SHA-256, or nothing; raises ValueError."""
    if text and not re.fullmatch("[0-9a-f]{64}", text):
        raise ValueError(f"{variable} must be 64 hexadecimal digits")
    return text
