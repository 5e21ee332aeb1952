"""What does a process take from its environment? Its settings, complete or not at all."""

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
