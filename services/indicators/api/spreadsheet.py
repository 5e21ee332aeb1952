"""Writes values as CSV (RFC 4180) in UTF-8: one header line, and one line for each day."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from services.indicators.handlers.answer_question import IndicatorValues

MEDIA_TYPE = "text/csv"

Cell = str | int | float | None


def csv_of(values: IndicatorValues) -> str:
    """The days as CSV; no value is an empty cell. The whole period is left out, so that sums stay right."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([name for name, _ in _named_cells(values, 0)])
    for index in range(len(values.days)):
        writer.writerow([cell for _, cell in _named_cells(values, index)])
    return text.getvalue()


def _named_cells(values: IndicatorValues, index: int) -> Iterator[tuple[str, Cell]]:
    day = values.days[index]
    yield "indicator", values.indicator
    yield "establishment", values.establishment
    yield "date", day.first_day.isoformat()
    yield "value", day.value
    yield "unit", values.unit
    yield "numerator", day.numerator
    yield "denominator", day.denominator
    yield from day.details.items()
    yield "provisional", "true" if day.provisional else "false"
    yield "events", day.events
    yield "newest_recorded_at", _utc_text(day.newest_recorded_at)
    yield "as_of", _utc_text(values.as_of)
    yield "holes", values.completeness.holes
    yield "parked", values.completeness.parked


def _utc_text(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
