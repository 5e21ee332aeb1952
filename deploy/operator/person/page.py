"""Writes an export as a page for the person: each title and name in French first, then in English."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any, Final

from deploy.operator.person.words import FIELDS, SECTIONS, SERVICES, TITLE, Words

_STYLE: Final = (
    "body{font:16px/1.5 sans-serif;margin:2em auto;max-width:60em;padding:0 1em}"
    "i{color:#555}table{border-collapse:collapse;margin:0 0 1em;width:100%}"
    "th,td{border:1px solid #bbb;padding:.2em .5em;text-align:left;vertical-align:top}th{width:16em}"
)


def page_of(export: Mapping[str, Any]) -> str:
    """The page, as HTML that loads nothing and runs nothing."""
    return "\n".join(
        (
            '<!doctype html><html lang="fr"><meta charset="utf-8">',
            f"<title>{escape(TITLE.french)}</title><style>{_STYLE}</style>",
            f"<h1>{_said(TITLE)}</h1>",
            f"<p>{escape(export['exported_at'])}<br>{escape(', '.join(export['person_ids']))}</p>",
            *_services(export["services"]),
            "</html>\n",
        )
    )


def _services(services: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    for service, records in services.items():
        yield f"<h2>{_said(SERVICES[service])}</h2>"
        for section, kept in groupby(sorted(records, key=_section), key=_section):
            yield f"<h3>{_said(SECTIONS[section])}</h3>"
            yield from (_table(record["content"]) for record in kept)


def _section(record: Mapping[str, Any]) -> str:
    name: str = record["section"]
    return name


def _table(content: Mapping[str, Any]) -> str:
    rows = (f"<tr><th>{_name(name)}</th><td>{_value(value)}</td></tr>" for name, value in content.items())
    return f"<table>{''.join(rows)}</table>"


def _name(name: str) -> str:
    """What is stated inside a body has the names of the contract."""
    words = FIELDS.get(name)
    return _said(words) if words else escape(name.replace("_", " "))


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return _table(value)
    if isinstance(value, list):
        return "".join(f"<div>{_value(each)}</div>" for each in value)
    if isinstance(value, bool):
        return _said(Words("oui", "yes") if value else Words("non", "no"))
    return escape(str(value))


def _said(words: Words) -> str:
    return f"{escape(words.french)} <i>{escape(words.english)}</i>"
