from prometheus_client.metrics import MetricWrapperBase

from shared.telemetry import metrics

CATALOGUE = {name: one for name, one in vars(metrics).items() if isinstance(one, MetricWrapperBase)}
IDENTIFYING = {"person_id", "event_id", "subject", "key_id", "path", "url", "name", "phone"}


def test_every_metric_has_the_platforms_prefix_and_the_name_it_has_in_the_code() -> None:
    names = {name: next(iter(one.describe())).name for name, one in CATALOGUE.items()}
    assert names == {name: f"relais_{name.removesuffix('_total')}" for name in CATALOGUE}


def test_every_metric_says_what_it_means() -> None:
    assert all(next(iter(one.describe())).documentation for one in CATALOGUE.values())


def test_durations_and_ages_say_their_unit() -> None:
    timed = [name for name in CATALOGUE if any(word in name for word in ("oldest", "lag", "age"))]
    assert timed
    assert all("_seconds" in name for name in timed)


def test_no_label_identifies_anyone() -> None:
    labels = {label for one in CATALOGUE.values() for label in one._labelnames}
    assert labels & IDENTIFYING == set()


def test_the_exposition_is_prometheus_text() -> None:
    metrics.outbox_unsent.set(2.5)
    assert b"relais_outbox_unsent 2.5" in metrics.expose()
