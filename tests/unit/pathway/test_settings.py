"""A process starts only when its environment is complete."""

from datetime import timedelta

import pytest

from services.pathway.settings import Settings

REQUIRED = {"RELAIS_DATABASE_URL": "postgresql://localhost/pathway", "RELAIS_KAFKA_BOOTSTRAP": "localhost:1"}


def test_what_is_not_said_has_a_default() -> None:
    settings = Settings.of(REQUIRED)
    assert settings.metrics_port == 0
    assert settings.rules.arrival_grace == timedelta(hours=1)
    assert settings.rules.arrival_default == timedelta(hours=2)


def test_the_thresholds_of_arrivals_can_be_said() -> None:
    said = {**REQUIRED, "RELAIS_ARRIVAL_GRACE_SECONDS": "60", "RELAIS_ARRIVAL_DEFAULT_SECONDS": "1.5"}
    rules = Settings.of(said).rules
    assert (rules.arrival_grace, rules.arrival_default) == (timedelta(minutes=1), timedelta(seconds=1.5))


def test_the_patience_of_the_watch_can_be_said() -> None:
    said = {"EARLY_ARRIVAL": "60", "FEED_GRACE": "0", "FEED_SETTLING": "1.5"}
    rules = Settings.of({**REQUIRED, **{f"RELAIS_{name}_SECONDS": said[name] for name in said}}).rules
    assert rules.early_arrival == timedelta(minutes=1)
    assert (rules.feed_grace, rules.feed_settling) == (timedelta(0), timedelta(seconds=1.5))


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SystemExit, match="RELAIS_KAFKA_BOOTSTRAP, RELAIS_DATABASE_URL"):
        Settings.of({"RELAIS_DATABASE_URL": ""})


def test_what_is_not_a_number_is_refused_by_its_name() -> None:
    with pytest.raises(SystemExit, match="RELAIS_METRICS_PORT"):
        Settings.of({**REQUIRED, "RELAIS_METRICS_PORT": "any"})
