"""Lays the stays of real data over the weeks of one feed, as their place in it was taken from them.

MIMIC-III shifts each patient by years, and the simulated hospital begins them all in one week; both keep the
hours. So each patient begins in a week of its own, drawn by a seed, on the weekday and at the hour of the
data.
"""

import csv
import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

WEEKS: Final = 20
ZONE: Final = ZoneInfo("Europe/Paris")
BEGIN: Final = datetime(2026, 3, 2, tzinfo=ZONE)
"""A Monday, with a change of clocks and the holidays of May to come."""

Stay = Sequence[datetime]
"""When the messages of one patient were sent, as clocks on the wall had it."""


def mimic(data: Path) -> list[Stay]:
    """Admissions, discharges and transfers of MIMIC-III (demonstration)."""
    tables = data / "tables" / "mimic-iii-demo-1.4"
    stays: defaultdict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader((tables / "ADMISSIONS.csv").open(encoding="utf-8")):
        stays[row["hadm_id"]] += [row[name] for name in ("edregtime", "admittime", "dischtime")]
    for row in csv.DictReader((tables / "TRANSFERS.csv").open(encoding="utf-8")):
        stays[row["HADM_ID"]] += [row["INTIME"]] if row["EVENTTYPE"] == "transfer" else []
    return [[datetime.fromisoformat(each) for each in moments if each] for moments in stays.values()]


def simulated_hospital(data: Path) -> list[Stay]:
    """The messages of Google's simulated hospital."""
    stays: Mapping[str, list[datetime]] = defaultdict(list)
    for line in (
        (data / "hl7v2" / "simhospital-stream" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    ):
        message = json.loads(line)
        patient = message["hl7"].split("\rPID|")[1].split("|")[1]
        sent = datetime.fromisoformat(message["sent_at"]).astimezone(ZONE)
        stays[patient].append(sent.replace(tzinfo=None))
    return list(stays.values())


def live(stays: Sequence[Stay], *, seed: int, copies: int) -> list[datetime]:
    """One feed of them all, so many times over."""
    draw = random.Random(seed)  # noqa: S311 - a replay
    feed = []
    for stay in [each for each in stays for _ in range(copies)]:
        monday = datetime.combine(min(stay).date() - timedelta(days=min(stay).weekday()), datetime.min.time())
        begin = BEGIN + timedelta(weeks=draw.randrange(-2, WEEKS))
        feed += [(begin + (moment - monday)).astimezone(UTC) for moment in stay]
    return sorted(each for each in feed if BEGIN <= each < BEGIN + timedelta(weeks=WEEKS))


def daily(feed: Sequence[datetime]) -> list[datetime]:
    """The same feed as a file at six in the morning of each day that follows one with news."""
    days = {(each.astimezone(ZONE) + timedelta(hours=18)).date() for each in feed}
    return [datetime(day.year, day.month, day.day, 6, tzinfo=ZONE).astimezone(UTC) for day in sorted(days)]
