"""Every query parses and names only metrics and labels of the catalogue."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram

import deploy.grafana
from deploy.grafana.overview import FILE, overview
from deploy.grafana.panels import ROWS
from shared.telemetry import metrics

ALERTS = Path(deploy.grafana.__file__).with_name("alerts.yml")
OF_THE_SCRAPE = {"job", "instance", "service", "process"}
SUFFIXES: dict[type, tuple[str, ...]] = {
    Counter: ("_total",),
    Gauge: ("",),
    Histogram: ("_bucket", "_count", "_sum"),
}


def exposed() -> dict[str, set[str]]:
    """Sample name -> its labels."""
    # Not in the catalogue: Prometheus' own metrics and those of its client library.
    names = {"up": set(OF_THE_SCRAPE), "process_start_time_seconds": set(OF_THE_SCRAPE)}
    for metric in vars(metrics).values():
        for suffix in SUFFIXES.get(type(metric), ()):
            labels = {*metric._labelnames, *OF_THE_SCRAPE, *({"le"} if suffix == "_bucket" else ())}
            names[f"{metric._name}{suffix}"] = labels
    return names


def dashboard_queries() -> list[str]:
    panels = (panel for row in ROWS for panel in row.panels)
    return [query.expression.replace("$__rate_interval", "1m") for panel in panels for query in panel.queries]


def alert_queries() -> list[str]:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule["expr"] for group in groups for rule in group["rules"]]


def parts_of(expression: Any) -> Iterator[Any]:
    yield expression
    for name in ("expr", "lhs", "rhs", "args", "vector_selector"):
        inner = getattr(expression, name, None)
        for part in inner if isinstance(inner, list) else [inner]:
            if part is not None:
                yield from parts_of(part)


def labels_of(part: Any) -> set[str]:
    modifier = getattr(part, "modifier", None)
    if isinstance(part, promql_parser.AggregateExpr) and modifier is not None:
        return set(modifier.labels)
    return set()


@pytest.mark.parametrize("query", dashboard_queries() + alert_queries())
def test_a_query_names_only_what_is_exposed(query: str) -> None:
    catalogue = exposed()
    parts = list(parts_of(promql_parser.parse(query)))
    selectors = [part for part in parts if isinstance(part, promql_parser.VectorSelector)]
    assert {str(selector.name) for selector in selectors} <= set(catalogue)
    for selector in selectors:
        assert {matcher.name for matcher in selector.matchers.matchers} <= catalogue[str(selector.name)]
    grouped_by = set().union(*map(labels_of, parts))
    assert grouped_by <= set().union(*(catalogue[str(selector.name)] for selector in selectors))


def test_the_file_that_grafana_reads_is_the_one_that_the_code_builds() -> None:
    assert FILE.read_text(encoding="utf-8") == overview(), "run: python -m deploy.grafana.overview"


def test_every_age_in_the_catalogue_is_shown() -> None:
    shown = " ".join(dashboard_queries() + alert_queries())
    ages = [name for name in exposed() if name.endswith(("oldest_unsent_seconds", "oldest_seconds"))]
    assert ages
    assert [name for name in ages if name not in shown] == []
