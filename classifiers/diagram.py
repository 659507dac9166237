"""The reliability diagram of the model card: predicted probability against true share, as SVG without a library."""

from __future__ import annotations

from collections.abc import Sequence

_SIDE, _MARGIN = 320, 48
_LARGEST = 9.0  # radius of the fullest bin

_FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size}" height="{size}" \
font-family="sans-serif" font-size="12" role="img" aria-label="Reliability diagram">
<rect width="{size}" height="{size}" fill="white"/>
{ticks}
<path d="M{left} {bottom}L{right} {top}" stroke="#999" stroke-dasharray="4 4" fill="none"/>
<path d="M{left} {top}V{bottom}H{right}" stroke="#333" fill="none"/>
{points}
<text x="{middle}" y="{below}" text-anchor="middle">probability said</text>
<text x="14" y="{middle}" text-anchor="middle" transform="rotate(-90 14 {middle})">share that is true</text>
</svg>
"""


def reliability_svg(rows: Sequence[Sequence[float]]) -> str:
    """Rows of (pairs, mean probability, share true); one dot per row, its area by the number of pairs."""
    most = max((row[0] for row in rows), default=1)
    points = [(_x(said), _y(true), max(2.0, _LARGEST * (count / most) ** 0.5)) for count, said, true in rows]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    dots = "\n".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="#b3243a"/>' for x, y, r in points)
    ticks = "\n".join(
        f'<text x="{_x(n / 5):.0f}" y="{_y(0) + 16:.0f}" text-anchor="middle">{n / 5:.1f}</text>'
        f'<text x="{_x(0) - 6:.0f}" y="{_y(n / 5) + 4:.0f}" text-anchor="end">{n / 5:.1f}</text>'
        for n in range(6)
    )
    return _FRAME.format(
        size=_SIDE + 2 * _MARGIN,
        left=_MARGIN,
        right=_MARGIN + _SIDE,
        top=_MARGIN,
        bottom=_MARGIN + _SIDE,
        middle=_MARGIN + _SIDE // 2,
        below=_SIDE + 2 * _MARGIN - 8,
        ticks=ticks,
        points=f'<polyline points="{line}" stroke="#b3243a" fill="none"/>\n{dots}',
    )


def _x(value: float) -> float:
    return _MARGIN + _SIDE * value


def _y(value: float) -> float:
    return _MARGIN + _SIDE * (1 - value)
