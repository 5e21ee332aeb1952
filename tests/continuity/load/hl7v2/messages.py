"""Writes a movement as an ADT message of PAM.fr 2.11 and reads its answer, without any code of the door."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from tests.continuity.load.offers import AUTHORITY, BIRTH_NAME, Offer

_ZONE: Final = ZoneInfo("Europe/Paris")
_INSERTED: Final = {"admission": "A01", "transfer": "A02", "discharge": "A03"}
_CANCELLED: Final = {"admission": "A11", "transfer": "A12", "discharge": "A13"}
_UPDATED: Final = "Z99"
_MODES: Final = {"transfer": "7", "home": "8"}
"""ZFM-1 and ZFM-2, modes of entry and exit."""
_CLASSES: Final = {"inpatient": "I"}
_SEXES: Final = {"female": "F"}
_STATUSES: Final = {"provisional": "PROV"}
_DELETED: Final = '""'
_OTHER_CONTENT: Final = "205"
"""ERR-3 (table 0357): the number is known already, here MSH-10."""


class Acknowledgement(NamedTuple):
    """MSA-1 without its mode: A, E or R; the codes of ERR-3; and what it is about (MSA-2)."""

    verdict: str
    codes: frozenset[str]
    control_id: str

    @property
    def is_conflict(self) -> bool:
        """Whether something else was stored under this id."""
        return self.verdict == "R" and _OTHER_CONTENT in self.codes


def adt_of(offer: Offer) -> bytes:
    """The message, with lines that end as HL7's do; the same offer gives the same bytes."""
    return "".join(_segments(offer)).encode()


def acknowledgement_in(frame: bytes) -> Acknowledgement:
    """The one acknowledgement of an answer."""
    lines = [line.split("|") for line in frame.decode().strip("\x0b\x1c\r").split("\r")]
    [msa] = [line for line in lines if line[0] == "MSA"]
    codes = frozenset(line[3].partition("^")[0] for line in lines if line[0] == "ERR")
    return Acknowledgement(verdict=msa[1][1:], codes=codes, control_id=msa[2])


def _segments(offer: Offer) -> Iterator[str]:
    body = offer.body
    event = _event_of(body)
    emitted_at, occurred_at = _time(body["emitted_at"]), _time(body["occurred_at"])
    yield _segment(
        "MSH",
        {
            2: "^~\\&",
            3: "CONTINUITY",
            4: offer.establishment,
            5: "RELAIS",
            7: emitted_at,
            9: f"ADT^{event}",
            10: offer.id,
            11: "P",
            12: "2.5^FRA^2.11",
            15: "AL" if offer.wants_accept_acknowledgement else "",
            17: "FRA",
            18: "UNICODE UTF-8",
        },
    )
    yield _segment("EVN", {2: emitted_at, 6: occurred_at})
    yield _segment("PID", _pid(body["person"]))
    yield _segment("PV1", _pv1(body))
    yield _segment(
        "ZBE",
        {
            1: body["movement_id"],
            2: occurred_at,
            4: body["action"].upper(),
            5: "N",
            6: "" if body["action"] == "insert" else _INSERTED[body["kind"]],
            9: "HMS",
        },
    )
    yield _segment("ZFM", {1: _mode(body, "origin"), 2: _mode(body, "destination")})
    yield _segment("ZFV", {1: _place(body, "origin")})


def _event_of(body: Mapping[str, Any]) -> str:
    if body["action"] == "update":
        return _UPDATED
    return (_CANCELLED if body["action"] == "cancel" else _INSERTED)[body["kind"]]


def _pid(person: Mapping[str, Any]) -> Mapping[int, str]:
    traits = person["traits"]
    return {
        1: "1",
        3: "~".join(_number(**each) for each in person["identifiers"]),
        5: f"{BIRTH_NAME}^{traits['given_names'][0]}^^^^^L",
        7: traits["birth_date"].replace("-", ""),
        8: _SEXES[traits["sex"]],
        32: _STATUSES.get(person.get("identity_status", ""), ""),
    }


def _number(authority: str, value: str) -> str:
    if authority == AUTHORITY:
        return f"{value}^^^ASIP-SANTE-INS-NIR&{authority}&ISO^INS"
    return f"{value}^^^{authority}^PI"


def _pv1(body: Mapping[str, Any]) -> Mapping[int, str]:
    unit = body.get("unit", "")
    return {
        1: "1",
        2: _CLASSES[body["class_of_stay"]],
        3: _DELETED if unit is None else unit,
        19: body["stay_id"],
        37: _place(body, "destination"),
    }


def _mode(body: Mapping[str, Any], name: str) -> str:
    return _DELETED if body.get(name, "") is None else _MODES.get((body.get(name) or {}).get("mode", ""), "")


def _place(body: Mapping[str, Any], name: str) -> str:
    return _DELETED if body.get(name, "") is None else (body.get(name) or {}).get("establishment", "")


def _time(moment: str) -> str:
    """With four decimals, which is as far as HL7 goes, and the offset of the ward's clock."""
    at = datetime.fromisoformat(moment).astimezone(_ZONE)
    return f"{at:%Y%m%d%H%M%S}.{at:%f}"[:-2] + f"{at:%z}"


def _segment(name: str, fields: Mapping[int, str]) -> str:
    first = 2 if name == "MSH" else 1  # MSH-1 is the separator itself
    written = [fields.get(number, "") for number in range(first, max(fields) + 1)]
    return "|".join([name, *written]) + "\r"
