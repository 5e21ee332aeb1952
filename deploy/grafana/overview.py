"""Builds Grafana's `dashboards/overview.json` from the panels.

`python -m deploy.grafana.overview` writes it; a test fails when it was not run after a change.
"""

import json
from pathlib import Path
from typing import Final

from grafana_foundation_sdk.builders.common import ReduceDataOptions, VizLegendOptions
from grafana_foundation_sdk.builders.dashboard import Dashboard, Row, ThresholdsConfig
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.builders.stat import Panel as Stat
from grafana_foundation_sdk.builders.timeseries import Panel as Curves
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import BigValueColorMode, LegendDisplayMode, LegendPlacement
from grafana_foundation_sdk.models.dashboard import DataSourceRef, Threshold, ThresholdsMode

from deploy.grafana.panels import ROWS, Panel

FILE: Final = Path(__file__).with_name("dashboards") / "overview.json"
PROMETHEUS: Final = DataSourceRef(type_val="prometheus", uid="prometheus")
_NUMBER_WIDTH, _NUMBER_HEIGHT = 4, 4
_CURVES_WIDTH, _CURVES_HEIGHT = 8, 8


def overview() -> str:
    """The dashboard as Grafana's JSON."""
    dashboard = (
        Dashboard("Relais overview")
        .uid("relais-overview")
        .tags(["relais"])
        .description("Is anything late, and where? From the establishments' post to the carers' phones.")
        .time("now-1h", "now")
        .refresh("10s")
        .timezone("browser")
        .readonly()
    )
    for row in ROWS:
        dashboard = dashboard.with_row(Row(row.title))
        for panel in row.panels:
            dashboard = dashboard.with_panel(_number(panel) if panel.number else _curves(panel))
    text = json.dumps(dashboard.build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False)
    return f"{text}\n"


def _number(panel: Panel) -> Stat:
    built = (
        Stat()
        .title(panel.title)
        .description(panel.description)
        .datasource(PROMETHEUS)
        .unit(panel.unit)
        .span(_NUMBER_WIDTH)
        .height(_NUMBER_HEIGHT)
        .color_mode(BigValueColorMode.BACKGROUND)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .thresholds(_thresholds(panel))
    )
    for query in _queries(panel):
        built = built.with_target(query)
    return built


def _curves(panel: Panel) -> Curves:
    legend = (
        VizLegendOptions()
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(True)
    )
    built = (
        Curves()
        .title(panel.title)
        .description(panel.description)
        .datasource(PROMETHEUS)
        .unit(panel.unit)
        .min(0)
        .span(_CURVES_WIDTH)
        .height(_CURVES_HEIGHT)
        .legend(legend)
    )
    for query in _queries(panel):
        built = built.with_target(query)
    return built


def _queries(panel: Panel) -> list[Dataquery]:
    return [
        Dataquery().expr(query.expression).legend_format(query.legend).ref_id(chr(ord("A") + index))
        for index, query in enumerate(panel.queries)
    ]


def _thresholds(panel: Panel) -> ThresholdsConfig:
    steps = [Threshold(value=None, color="green")]
    if panel.warn_from is not None:
        steps.append(Threshold(value=panel.warn_from, color="orange"))
    if panel.alarm_from is not None:
        steps.append(Threshold(value=panel.alarm_from, color="red"))
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


if __name__ == "__main__":
    FILE.write_text(overview(), encoding="utf-8")
