"""A figure as values, and as TikZ and SVG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

Point = tuple[float, float]
_CENTIMETRE = 50.0  # px


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight stroke; ends in pixels.

    Attributes:
        start: one end.
        end: the other.
        dashed: it has gaps.
        arrows: heads at the start and at the end.
    """

    start: Point
    end: Point
    dashed: bool = False
    arrows: tuple[bool, bool] = (False, False)


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle, or an arc of one.

    Attributes:
        centre: in pixels.
        radius: in pixels.
        span: of an arc: first and last angle in degrees, clockwise from three o'clock as y points down; `None` for
            the whole circle.
    """

    centre: Point
    radius: float
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A label and its middle."""

    content: str
    at: Point


@dataclass(frozen=True, slots=True)
class Figure:
    """What is drawn.

    Attributes:
        width: of the crop, in pixels.
        height: of the crop.
        segments: strokes; those of polygons as well.
        circles: and arcs.
        dots: points drawn as discs.
        right_angles: corner, and the ends of the mark's legs.
        texts: labels that name no point.
        names: of points.
        size: height of the letters, in pixels.
    """

    width: int
    height: int
    segments: tuple[Segment, ...] = ()
    circles: tuple[Circle, ...] = ()
    dots: tuple[Point, ...] = ()
    right_angles: tuple[tuple[Point, Point, Point], ...] = ()
    texts: tuple[Text, ...] = ()
    names: Mapping[str, tuple[Point, Point]] | None = None
    size: float = 14.0


def as_tikz(figure: Figure) -> str:
    """A `tikzpicture`; points that have a name are coordinates, and closed chains of segments polygons."""
    named = {point: name for name, (point, _) in (figure.names or {}).items()}

    def place(point: Point) -> str:
        return f"({named[point]})" if point in named else f"({_x(point, figure)},{_y(point, figure)})"

    lines = [f"  \\coordinate ({name}) at ({_x(p, figure)},{_y(p, figure)});" for p, name in named.items()]
    for chain in chains(figure.segments):
        way = " -- ".join(place(point) for point in chain.points)
        lines.append(f"  \\draw{chain.style} {way}{' -- cycle' if chain.closed else ''};")
    for circle in figure.circles:
        radius = f"{circle.radius / _CENTIMETRE:.2f}"
        if circle.span is None:
            lines.append(f"  \\draw {place(circle.centre)} circle ({radius});")
        else:
            first, last = -circle.span[0], -circle.span[1]
            lines.append(
                f"  \\draw {place(circle.centre)} +({first:.0f}:{radius}) arc ({first:.0f}:{last:.0f}:{radius});"
            )
    lines += [f"  \\draw {place(a)} -- {place(_fourth(c, a, b))} -- {place(b)};" for c, a, b in figure.right_angles]
    lines += [f"  \\fill {place(dot)} circle (1.5pt);" for dot in figure.dots]
    labels = [(name, at) for name, (_, at) in (figure.names or {}).items()] + [(x.content, x.at) for x in figure.texts]
    lines += [f"  \\node at ({_x(at, figure)},{_y(at, figure)}) {{${_tex(text)}$}};" for text, at in labels]
    return "\\begin{tikzpicture}\n" + "\n".join(lines) + "\n\\end{tikzpicture}\n"


def as_svg(figure: Figure) -> str:
    """One SVG of the crop's size."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {figure.width} {figure.height}" width="{figure.width}" '
        f'height="{figure.height}" fill="none" stroke="black" stroke-width="1.5">'
    )
    marker = (
        '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="black" stroke="none"/></marker></defs>'
    )
    parts = [head, marker] if any(any(x.arrows) for x in figure.segments) else [head]
    for chain in chains(figure.segments):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in chain.points)
        extra = ' stroke-dasharray="6 4"' if "dashed" in chain.style else ""
        extra += ' marker-start="url(#head)"' if "<" in chain.style else ""
        extra += ' marker-end="url(#head)"' if ">" in chain.style else ""
        parts.append(f'<{"polygon" if chain.closed else "polyline"} points="{points}"{extra}/>')
    parts += [_svg_circle(circle) for circle in figure.circles]
    for corner, a, b in figure.right_angles:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (a, _fourth(corner, a, b), b))
        parts.append(f'<polyline points="{points}"/>')
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="black"/>' for x, y in figure.dots]
    labels = [(name, at) for name, (_, at) in (figure.names or {}).items()] + [(x.content, x.at) for x in figure.texts]
    style = f'font-family="serif" font-size="{1.3 * figure.size:.0f}" text-anchor="middle" fill="black" stroke="none"'
    parts += [f'<text x="{x:.1f}" y="{y + figure.size / 2:.1f}" {style}>{escape(t)}</text>' for t, (x, y) in labels]
    return "\n".join([*parts, "</svg>"]) + "\n"


@dataclass(frozen=True, slots=True)
class Chain:
    """Points joined by strokes of one style."""

    points: list[Point]
    closed: bool
    style: str


def chains(segments: tuple[Segment, ...]) -> list[Chain]:
    """Segments that meet end to end and nothing else there become one chain; closed ones are polygons."""
    plain = [x for x in segments if not x.dashed and not any(x.arrows)]
    meet: dict[Point, int] = {}
    for x in plain:
        for point in (x.start, x.end):
            meet[point] = meet.get(point, 0) + 1
    found: list[Chain] = []
    rest = list(plain)
    while rest:
        first = rest.pop(0)
        points = [first.start, first.end]
        for _ in range(2):
            while (
                after := next((x for x in rest if points[-1] in (x.start, x.end) and meet[points[-1]] == 2), None)
            ) is not None:
                rest.remove(after)
                points.append(after.end if after.start == points[-1] else after.start)
            points.reverse()
        closed = len(points) > 3 and points[0] == points[-1]
        found.append(Chain(points[:-1] if closed else points, closed, ""))
    for x in segments:
        if x not in plain:
            options = [
                *(["dashed"] if x.dashed else []),
                *([f"{'<' * x.arrows[0]}-{'>' * x.arrows[1]}"] if any(x.arrows) else []),
            ]
            found.append(Chain([x.start, x.end], False, f"[{', '.join(options)}]"))
    return found


def _svg_circle(circle: Circle) -> str:
    from math import cos, radians, sin

    (x, y), r = circle.centre, circle.radius
    if circle.span is None:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'
    a, b = (radians(angle) for angle in circle.span)
    start, end = (x + r * cos(a), y + r * sin(a)), (x + r * cos(b), y + r * sin(b))
    large = int(circle.span[1] - circle.span[0] > 180)
    return f'<path d="M{start[0]:.1f} {start[1]:.1f}A{r:.1f} {r:.1f} 0 {large} 1 {end[0]:.1f} {end[1]:.1f}"/>'


def _fourth(corner: Point, a: Point, b: Point) -> Point:
    return a[0] + b[0] - corner[0], a[1] + b[1] - corner[1]


def _x(point: Point, figure: Figure) -> str:
    return f"{point[0] / _CENTIMETRE:.2f}"


def _y(point: Point, figure: Figure) -> str:
    return f"{(figure.height - point[1]) / _CENTIMETRE:.2f}"


def _tex(text: str) -> str:
    for plain, tex in (
        ("\\", "\\backslash "),
        ("°", "^\\circ"),
        ("%", "\\%"),
        ("#", "\\#"),
        ("&", "\\&"),
        ("−", "-"),
        ("_", "\\_"),
    ):
        text = text.replace(plain, tex)
    return text.replace("{", "\\{").replace("}", "\\}") if "\\" not in text else text
