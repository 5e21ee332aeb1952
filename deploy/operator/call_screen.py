"""Prints an HTTP answer for a person: JSON indented, text as it is, problem details as sentences."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    import httpx

SHOWN_HEADERS: Final = ("retry-after", "traceresponse")
OF_A_PROBLEM: Final = {"type", "title", "status", "detail", "errors"}
MEANINGS: Final = {
    401: "The key is unknown here: wrong, or ended. A new one takes a moment: --within 30 asks again.",
    403: "The key is known, but may not do this.",
    404: "Nothing that this key may see is here: the path or an id is wrong, or it is somebody else's.",
}
"""Sentences for answers that give no reason, so as not to tell strangers what exists."""


def headline(answer: "httpx.Response", console: Console) -> None:
    """The status, and the headers that a reader acts on."""
    from shared.web.problems import phrase  # noqa: PLC0415 - it would slow every other command

    reason = phrase(answer.status_code)
    _print(Text(f"{answer.status_code} {reason}", "red" if answer.is_error else "green"), console)
    for name in SHOWN_HEADERS:
        if name in answer.headers:
            _print(Text(f"{name}: {answer.headers[name]}", "dim"), console)


def say(answer: "httpx.Response", console: Console) -> None:
    """The body: JSON indented, any other text line by line (those of HL7 v2 end with CR)."""
    if not answer.content:
        return
    found = _document(answer)
    if found is not None:
        console.print_json(json.dumps(found)) if console.is_terminal else _print(
            Text(json.dumps(found, indent=2, ensure_ascii=False)), console
        )
    elif _is_text(answer):
        _print(Text("\n".join(answer.text.splitlines())), console)
    else:
        kind = answer.headers.get("content-type", "unknown type")
        _print(Text(f"({len(answer.content)} bytes of {kind}, not shown)"), console)


def details(answer: "httpx.Response", console: Console) -> None:
    """What an error says: the sentences of its problem details, each wrong field on a line of its own."""
    found = _document(answer)
    if not isinstance(found, dict) or "title" not in found:
        say(answer, console)
        return
    for line in _sentences(found, answer.status_code):
        _print(Text(line), console)


def field_of(answer: "httpx.Response", name: str) -> str | None:
    """A field of a JSON answer by its dotted name; numbers count the elements of a list from 0."""
    found: Any = _document(answer)
    for step in name.split("."):
        try:
            found = found[int(step)] if isinstance(found, list) else found[step]
        except (LookupError, TypeError, ValueError):
            return None
    return found if isinstance(found, str) else json.dumps(found)


def _sentences(problem: Mapping[str, Any], status: int) -> Iterator[str]:
    from shared.web.problems import phrase  # noqa: PLC0415 - it would slow every other command

    title = problem["title"]
    if title != phrase(status):
        yield title
    elif not problem.get("detail") and status in MEANINGS:
        yield MEANINGS[status]
    if problem.get("detail"):
        yield problem["detail"]
    for error in problem.get("errors", []):
        # The pointer of the whole body is empty.
        yield "  " + ": ".join(filter(None, (error["pointer"], error["detail"])))
    for name, value in problem.items():
        if name not in OF_A_PROBLEM:
            yield f"  {name}: {value if isinstance(value, str) else json.dumps(value)}"


def _document(answer: "httpx.Response") -> Any:
    """The decoded JSON; None for any other media type, NDJSON included."""
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip()
    if media_type != "application/json" and not media_type.endswith("+json"):
        return None
    try:
        return answer.json()
    except ValueError:
        return None


def _is_text(answer: "httpx.Response") -> bool:
    try:
        answer.content.decode(answer.encoding or "utf-8")
    except (UnicodeDecodeError, LookupError):
        return False
    return b"\0" not in answer.content


def _print(text: Text, console: Console) -> None:
    # As it is: a line that is copied from here must not have been broken.
    console.print(text, soft_wrap=True)
