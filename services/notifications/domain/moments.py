"""How is a moment said? In the words of the reader; the moment is already in the reader's time zone."""

from datetime import datetime

_DAYS_FR = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
_MONTHS_FR = [
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
]
_DAYS_EN = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS_EN = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]


def short(moment: datetime) -> str:
    """`23/11 à 14h05`: for an SMS, GSM-7 only."""
    return f"{moment:%d/%m} à {moment:%Hh%M}"


def french(moment: datetime) -> str:
    """`lundi 23 novembre à 14h05`."""
    day = "1er" if moment.day == 1 else str(moment.day)
    return f"{_DAYS_FR[moment.weekday()]} {day} {_MONTHS_FR[moment.month - 1]} à {moment:%Hh%M}"


def english(moment: datetime) -> str:
    """`Monday 23 November at 14:05`."""
    month = _MONTHS_EN[moment.month - 1]
    return f"{_DAYS_EN[moment.weekday()]} {moment.day} {month} at {moment:%H:%M}"
