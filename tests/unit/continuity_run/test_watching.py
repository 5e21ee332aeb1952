"""The metrics behind the alerts are read from what a process exposes."""

import pytest

from tests.continuity.platform.layout import APIS, WORKERS
from tests.continuity.watching import Sampled, figures_in, is_calm

EXPOSED = """
# HELP relais_consumer_lag_seconds Age of the oldest event
# TYPE relais_consumer_lag_seconds gauge
relais_consumer_lag_seconds{topic="relais.admission"} 3.5
relais_consumer_lag_seconds{topic="relais.pathway"} 71.25
relais_relay_leads{publisher="pathway"} 1.0
relais_attempts_total{channel="sms",result="accepted"} 7.0
relais_attempts_total{channel="sms",result="unknown"} 2.0
relais_attempts_total{channel="sms",result="rejected_temporarily"} 1.0
relais_provider_seconds_bucket{channel="sms",le="0.001"} 4.0
process_start_time_seconds 1.7e+09
"""


def test_the_largest_of_each_age_and_the_tries_that_were_not_taken() -> None:
    assert figures_in(EXPOSED) == {
        "relais_consumer_lag_seconds": 71.25,
        "relais_relay_leads": 1.0,
        "attempts": 10.0,
        "attempts_not_taken": 3.0,
    }


CALM: Sampled = {part: {"relais_relay_leads": float(part in WORKERS)} for part in (*APIS, *WORKERS)}


def test_a_run_is_watched_until_all_is_calm() -> None:
    assert is_calm(CALM)


@pytest.mark.parametrize(
    "restless",
    [
        {"pathway-api": None},
        {"pathway-worker-1": {}, "pathway-worker-2": {"relais_relay_leads": 0.0}},
        {"indicators-worker-2": {"relais_consumer_lag_seconds": 61.0}},
    ],
)
def test_who_does_not_answer_or_relay_and_what_is_old_is_looked_at_again(restless: Sampled) -> None:
    assert not is_calm({**CALM, **restless})
