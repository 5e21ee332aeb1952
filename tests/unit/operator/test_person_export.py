"""`relais person export` asks every service for every id of the person, and writes JSON and a page."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.operator.person.page import page_of
from deploy.operator.person.words import SECTIONS, SERVICES
from shared.spine.export.own import own_sections
from tests.unit.operator.stand_in import stand_in

runner = CliRunner()
PERSON: Final = "0197f3a2-0000-7000-8000-000000000001"
MERGED: Final = "0197f3a2-0000-7000-8000-000000000002"


def _record(section: str, **content: object) -> dict[str, object]:
    return {"section": section, "content": content}


def _export(folder: Path, status: int = 200) -> tuple[Any, dict[str, list[str]]]:
    asked: dict[str, list[str]] = {}

    def answering(service: str) -> Any:
        def answer(_method: str, path: str, _body: object) -> tuple[int, Any]:
            asked.setdefault(service, []).append(path)
            if status != 200:
                return status, {"title": "Not Found"}
            ids = [PERSON, MERGED] if service == "ADMISSION" else [path.split("/")[3]]
            page: dict[str, Any] = {"service": service, "person_ids": ids, "records": []}
            if service == "NOTIFICATIONS" and "continuation" not in parse_qs(urlsplit(path).query):
                return 200, page | {"records": [_record("members", alias="Élo & Co")], "continuation": "a="}
            return 200, page | {"records": [_record("accesses", at=f"{service} {path.split('/')[3]}")]}

        return answer

    names = ("ADMISSION", "PATHWAY", "NOTIFICATIONS", "INDICATORS")
    with (
        stand_in(answering(names[0])) as first,
        stand_in(answering(names[1])) as second,
        stand_in(answering(names[2])) as third,
        stand_in(answering(names[3])) as fourth,
    ):
        standing = zip(names, (first, second, third, fourth), strict=True)
        urls = {f"RELAIS_{name}_URL": each.url for name, each in standing}
        words = ["person", "export", PERSON, "--folder", str(folder)]
        result = runner.invoke(app, words, env={**urls, "RELAIS_OPERATOR_KEY": "k"})
    return result, asked


def test_every_page_of_every_service_under_every_id_is_in_both_files(tmp_path: Path) -> None:
    result, asked = _export(tmp_path)
    assert result.exit_code == 0, result.output
    written = [Path(line) for line in result.stdout.splitlines()]
    assert [each.suffix for each in written] == [".json", ".html"]
    assert [each.stat().st_mode & 0o777 for each in written] == [0o600, 0o600]
    found = json.loads(written[0].read_text())
    assert found["person_ids"] == [PERSON, MERGED]
    assert [len(found["services"][service]) for service in SERVICES] == [1, 2, 4, 2]
    assert len(asked["NOTIFICATIONS"]) == 4
    assert "Élo &amp; Co" in written[1].read_text()


def test_no_file_is_written_over(tmp_path: Path) -> None:
    _export(tmp_path)
    result, _ = _export(tmp_path)
    assert (result.exit_code, "cannot be written" in result.stderr) == (1, True)


def test_of_somebody_unknown_nothing_is_written(tmp_path: Path) -> None:
    result, _ = _export(tmp_path, status=404)
    assert (result.exit_code, list(tmp_path.iterdir())) == (1, [])


@pytest.mark.parametrize("service", SERVICES)
def test_every_section_has_a_title_in_both_languages(service: str) -> None:
    definition = import_module(f"services.{service}.wiring").SERVICE
    own = own_sections(publishes=True, consumes=True)
    assert {each.name for each in (*definition.export.sections, *own)} <= SECTIONS.keys()


def test_a_page_says_french_first_and_runs_nothing_that_was_stated() -> None:
    hostile = _record("submissions", record={"person": ["<script>x</script>"]}, night=True)
    page = page_of({"exported_at": "now", "person_ids": [PERSON], "services": {"admission": [hostile]}})
    assert page.index("Mouvements transmis") < page.index("Movements that were stated")
    assert "oui <i>yes</i>" in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
