"""What does a request ask for? All its parameters, or everything that is wrong with them at once."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

import msgspec

from services.indicators.domain.calendar import Period
from services.indicators.domain.indicators import Question
from shared.security.principal import Principal
from shared.web.problems import FieldError, Problem

LONGEST_PERIOD_DAYS: Final = 366
# Leaves room for a day more in any time zone, on both sides of what a calendar can hold.
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2200
_FINESS: Final = re.compile(r"[0-9A-Z]{9}")

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters as they came."""

    establishment: str | None
    first_day: str | None
    last_day: str | None
    as_of: str | None
    format: str | None


def question_of(asked: Asked, principal: Principal, *, now: datetime) -> Question:
    """The question; raises `Problem` 422 with every error."""
    errors: list[FieldError] = []
    own = principal.establishment
    establishment = _establishment(own if asked.establishment is None else asked.establishment, errors)
    first_day = _read("from", asked.first_day, date, "a date, such as 2026-03-01", errors)
    last_day = _read("to", asked.last_day, date, "a date, such as 2026-03-31", errors)
    as_of = _as_of(asked.as_of, now, errors)
    if asked.format not in (None, "json", "csv"):
        errors.append(FieldError("/query/format", "expected json or csv"))
    if first_day is not None and last_day is not None:
        _check_order(first_day, last_day, errors)
    if errors or establishment is None or first_day is None or last_day is None or as_of is None:
        raise Problem(422, "The parameters do not fit", errors=errors)
    period = Period(first_day=first_day, last_day=last_day)
    return Question(establishment=establishment, period=period, as_of=as_of)


def _establishment(text: str | None, errors: list[FieldError]) -> str | None:
    if text is None:
        errors.append(FieldError("/query/establishment", "missing: the key is bound to no establishment"))
    elif not _FINESS.fullmatch(text):
        errors.append(FieldError("/query/establishment", "expected a FINESS number of 9 characters"))
    else:
        return text
    return None


def _read(name: str, text: str | None, type_: Any, expected: str, errors: list[FieldError]) -> Any:
    if text is None:
        errors.append(FieldError(f"/query/{name}", f"missing: expected {expected}"))
        return None
    try:
        value = msgspec.convert(text, type_)
    except msgspec.ValidationError:
        errors.append(FieldError(f"/query/{name}", f"expected {expected}"))
        return None
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        errors.append(FieldError(f"/query/{name}", f"expected a year from {_FIRST_YEAR} to {_LAST_YEAR}"))
        return None
    return value


def _as_of(text: str | None, now: datetime, errors: list[FieldError]) -> datetime | None:
    if text is None:
        return now
    # In a query a bare + means a space; nobody writes a space into an offset.
    expected = "a moment with its offset, such as 2026-03-31T08:00:00Z"
    moment: datetime | None = _read("as_of", text.replace(" ", "+"), Moment, expected, errors)
    if moment is not None and moment > now:
        errors.append(FieldError("/query/as_of", "lies in the future: nobody knows yet"))
        return None
    return moment


def _check_order(first_day: date, last_day: date, errors: list[FieldError]) -> None:
    if last_day < first_day:
        errors.append(FieldError("/query/to", "lies before from"))
    elif last_day - first_day >= timedelta(days=LONGEST_PERIOD_DAYS):
        errors.append(FieldError("/query/to", f"at most {LONGEST_PERIOD_DAYS} days after and with from"))
