"""Every query of the dashboard returns data, and Prometheus accepts our files."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import httpx
import pytest
import yaml

from deploy.local.ports import free_port
from tests.unit.dashboards.test_queries import ALERTS, dashboard_queries

CONFIGURATION = ALERTS.parents[1] / "otel" / "prometheus.yml"
PROJECT = ALERTS.parents[2]
SCRAPES_BEFORE_ASKING = 4
PATIENCE_SECONDS = 60
pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(
        not (shutil.which("promtool") and shutil.which("prometheus")),
        reason="NO PROMETHEUS ON THIS MACHINE: dashboards and alerts were not run",
    ),
]


def promtool(*arguments: str) -> None:
    done = subprocess.run(
        ["promtool", *arguments],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def configuration_for(port: int, folder: Path) -> Path:
    """Our configuration, with the one process that exposes everything as every target, scraped often."""
    configuration = yaml.safe_load(CONFIGURATION.read_text())
    configuration["global"] = {"scrape_interval": "250ms", "evaluation_interval": "250ms"}
    configuration["rule_files"] = [str(ALERTS)]
    targets = configuration["scrape_configs"][0]["static_configs"]
    configuration["scrape_configs"][0]["static_configs"] = [{**targets[0], "targets": [f"127.0.0.1:{port}"]}]
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(configuration))
    return file


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus that has scraped the whole catalogue a few times."""
    folder = tmp_path_factory.mktemp("prometheus")
    exposition = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.dashboards.exposition"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert exposition.stdout is not None
    file = configuration_for(int(exposition.stdout.readline()), folder)
    address = f"127.0.0.1:{free_port()}"
    with (folder / "prometheus.log").open("w") as log:
        running = subprocess.Popen(
            [  # noqa: S607
                "prometheus",
                f"--config.file={file}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={address}",
            ],
            stdout=log,
            stderr=log,
        )
        # If Prometheus does not start, its output ends instead of showing the awaited line.
        patience = Timer(PATIENCE_SECONDS, exposition.kill)
        patience.start()
        try:
            # Each scrape is stored before the next one begins.
            for _ in range(SCRAPES_BEFORE_ASKING):
                assert exposition.stdout.readline() == "scraped\n"
            patience.cancel()
            yield f"http://{address}"
        finally:
            patience.cancel()
            for process in (running, exposition):
                process.terminate()
                process.wait(timeout=30)
            exposition.stdout.close()


@pytest.mark.parametrize("query", dashboard_queries())
def test_a_query_of_the_dashboard_returns_data(prometheus: str, query: str) -> None:
    answer = httpx.get(f"{prometheus}/api/v1/query", params={"query": query}, timeout=30)
    assert answer.status_code == 200, answer.text
    values = [series["value"][1] for series in answer.json()["data"]["result"]]
    assert values
    assert "NaN" not in values


def test_the_alerts_are_loaded(prometheus: str) -> None:
    answer = httpx.get(f"{prometheus}/api/v1/rules", timeout=30).json()["data"]["groups"]
    loaded = {rule["name"]: rule["health"] for group in answer for rule in group["rules"]}
    written = yaml.safe_load(ALERTS.read_text())["groups"]
    assert set(loaded) == {rule["alert"] for group in written for rule in group["rules"]}
    assert "err" not in loaded.values()


def test_the_alerts_are_valid_and_call_when_they_should() -> None:
    promtool("check", "rules", str(ALERTS))
    promtool("test", "rules", str(ALERTS.with_name("alerts_test.yml")))


def test_the_configuration_is_valid(tmp_path: Path) -> None:
    text = CONFIGURATION.read_text().replace("/etc/prometheus/alerts.yml", str(ALERTS))
    (tmp_path / "prometheus.yml").write_text(text)
    promtool("check", "config", str(tmp_path / "prometheus.yml"))
