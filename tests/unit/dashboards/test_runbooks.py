"""Every alert links to an existing runbook, and every runbook names its origin."""

import re
from pathlib import Path

import pytest
import yaml

from tests.unit.dashboards.test_queries import ALERTS

PROJECT = ALERTS.parents[2]
PAGES = sorted((PROJECT / "docs" / "runbooks").glob("*.md"))
RULES = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
HEADINGS = ("## What it means", "## What to do", "## How to see that it is over")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alert_names_a_runbook_that_names_the_alert(rule: dict[str, dict[str, str]]) -> None:
    page = PROJECT / rule["annotations"]["runbook"]
    assert page.is_file()
    assert f"`{rule['alert']}`" in page.read_text(encoding="utf-8")
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["action"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_says_what_it_is_for_what_to_do_and_when_it_is_over(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.search(r"^(Alerts?|Commands?): `", text, re.MULTILINE)
    assert [heading for heading in HEADINGS if heading not in text] == []
    linked = re.findall(r"\]\(([\w-]+\.md)\)", text)
    assert [name for name in linked if not (page.parent / name).is_file()] == []
    named = re.search(r"^Alerts?: ([^.]*)", text, re.MULTILINE)
    alerts = {str(rule["alert"]) for rule in RULES}
    assert set(re.findall(r"`(\w+)`", named[1] if named else "")) <= alerts
