"""Reads the settings of a process from its environment, complete or not at all."""

import os
import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from shared.runtime.secret_files import secret_in

T = TypeVar("T", bound=msgspec.Struct)

IN_A_FILE: Final = "_FILE"
"""Behind a variable's name: the name of a file that holds its value."""


def variable(field: str) -> str:
    """The name of a field's variable; give it to a settings struct as `rename`."""
    return f"RELAIS_{field.upper()}"


def read(settings: type[T], service: str, environment: Mapping[str, str]) -> T:
    """The settings; ends the process with one message that names all that is missing, or what is wrong.

    An empty variable counts as not set. Each may stand in a file, named by the variable with `_FILE` behind
    it: what is in the environment is seen by whatever the process starts. No value is ever quoted: it may be
    a secret.
    """
    fields = msgspec.structs.fields(settings)
    try:
        given = with_files(environment, [one.encode_name for one in fields])
    except ValueError as error:
        raise SystemExit(f"{service} cannot start: {error}") from None
    missing = [one.encode_name for one in fields if one.required and one.encode_name not in given]
    if missing:
        raise SystemExit(f"{service} cannot start: {', '.join(missing)} not set")
    try:
        return msgspec.convert(given, settings, strict=False)
    except msgspec.ValidationError as error:
        raise SystemExit(f"{service} cannot start: {error}") from None


def with_files(environment: Mapping[str, str], variables: Sequence[str]) -> dict[str, str]:
    """The variables that are set, with what their files hold; raises ValueError."""
    given = {name: value for name, value in environment.items() if value}
    for name in variables:
        path = given.get(name + IN_A_FILE)
        if path is None or name + IN_A_FILE in variables:
            continue
        if name in given:
            raise ValueError(f"{name} and {name}{IN_A_FILE} are both set")
        if value := secret_in(Path(path), variable=name + IN_A_FILE):
            given[name] = value
    return given


def required(variable: str, environment: Mapping[str, str] = os.environ) -> str:
    """One variable, or what its file holds, for a command that reads no other; ends the process without."""
    try:
        value = with_files(environment, [variable]).get(variable)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    if not value:
        raise SystemExit(f"{variable} is not set")
    return value


def named_addresses(text: str, *, variable: str) -> dict[str, str]:
    """Where other services are, from `name=http://host:port,...`; raises ValueError."""
    addresses: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, url = entry.partition("=")
        if not (name and re.match("https?://", url)):
            raise ValueError(f"{variable} must read name=http://host:port,...")
        addresses[name] = url.rstrip("/")
    return addresses


def is_loopback(host: str) -> bool:
    """Whether what is sent to this host never leaves the machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def sha256_digest(text: str, *, variable: str) -> str:
    """A hexadecimal SHA-256, or nothing; raises ValueError."""
    if text and not re.fullmatch("[0-9a-f]{64}", text):
        raise ValueError(f"{variable} must be 64 hexadecimal digits")
    return text
