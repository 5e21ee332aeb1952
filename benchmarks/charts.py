"""Draws results as bar charts in SVG that browsers and Git forges can show."""

from collections.abc import Sequence
from html import escape

_WIDTH, _LABEL, _BAR, _GAP = 720, 250, 22, 8
_COLOURS = {"relais": "#2563eb", "peer": "#9ca3af", "limit": "#d97706"}
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#111827}.title{font-weight:600}"
    "rect.back{fill:#ffffff}@media(prefers-color-scheme:dark){text{fill:#e5e7eb}rect.back{fill:#0d1117}}"
)

Bar = tuple[str, str, float]
"""Label, name of the colour, value."""


def bars(title: str, unit: str, values: Sequence[Bar]) -> str:
    """A horizontal bar for each value, from 0."""
    height = 40 + len(values) * (_BAR + _GAP)
    most = max((value for _, _, value in values), default=1.0) or 1.0
    room = _WIDTH - _LABEL - 110
    drawn = [
        _bar(label, colour, value, unit, top=36 + at * (_BAR + _GAP), length=room * value / most)
        for at, (label, colour, value) in enumerate(values)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style>",
            f'<rect class="back" width="{_WIDTH}" height="{height}"/>',
            f'<text class="title" x="8" y="22">{escape(title)}</text>',
            *drawn,
            "</svg>\n",
        ]
    )


def _bar(label: str, colour: str, value: float, unit: str, *, top: float, length: float) -> str:
    middle, fill = top + _BAR * 0.7, _COLOURS[colour]
    return (
        f'<text x="8" y="{middle:.0f}">{escape(label)}</text>'
        f'<rect x="{_LABEL}" y="{top}" width="{max(length, 1):.1f}" height="{_BAR}" fill="{fill}"/>'
        f'<text x="{_LABEL + length + 6:.1f}" y="{middle:.0f}">{value:,.4g} {escape(unit)}</text>'
    )
