"""Draws docs/images/rooms.svg from the import graph: python -m tests.architecture_picture.

Every box is a package, or a module beside packages. It stands above all that it imports; a line
leads to what it imports, unless other lines lead there already.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.sax.saxutils import escape

import grimp

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "rooms.svg"
PACKAGES = ("app", "workers", "forms", "processes")
OPENED = {"", "app", "processes", "processes.engine"}  # drawn with what is in them
WIDTH, HEIGHT, GAP, LINES, TITLE = 100, 32, 10, 34, 26
LOOK = """
text { font: 12px sans-serif; fill: #1b1b1b; text-anchor: middle }
.title { font-weight: bold; text-anchor: start }
rect { fill: #fff; stroke: #7a8a99; rx: 4px }
.opened { fill: #f4f6f8 }
.opened.deep { fill: #e6ebf0 }
line { stroke: #3d6a94; stroke-opacity: 0.55 }
"""


@dataclass(frozen=True)
class Placed:
    """A room with the place of its box in its container."""

    room: "Room"
    x: float
    y: float

    def line_to(self, other: "Placed") -> str:
        below = f'x1="{self.x + self.room.width / 2:g}" y1="{self.y + self.room.height:g}"'
        return f'<line {below} x2="{other.x + other.room.width / 2:g}" y2="{other.y:g}"/>'


@dataclass(frozen=True)
class Room:
    """A package or module of the import graph."""

    graph: grimp.ImportGraph
    name: str = ""

    @cached_property
    def inside(self) -> "dict[str, Room]":
        if self.name not in OPENED:
            return {}
        names = self.graph.find_children(self.name) if self.name else set(PACKAGES)
        return {name: Room(self.graph, name) for name in sorted(names)}

    def imports(self, name: str) -> set[str]:
        """What one room inside imports of the others."""
        return {
            other
            for other in self.inside
            if other != name
            and self.graph.direct_import_exists(importer=name, imported=other, as_packages=True)
        }

    def level(self, name: str) -> int:
        return 1 + max((self.level(other) for other in self.imports(name)), default=-1)

    @cached_property
    def rows(self) -> list[list[str]]:
        """The rooms inside, those that import the others above them."""
        rows = defaultdict(list)
        for name in self.inside:
            rows[self.level(name)].append(name)
        return [rows[level] for level in sorted(rows, reverse=True)]

    @cached_property
    def lines(self) -> list[tuple[str, str]]:
        """The imports between rooms inside that follow from no other two (transitive reduction)."""
        return [
            (name, other)
            for name in self.inside
            for other in sorted(self.imports(name))
            if not any(self.leads_to(between, other) for between in self.imports(name) - {other})
        ]

    def leads_to(self, name: str, other: str) -> bool:
        return other in self.imports(name) or any(
            self.leads_to(between, other) for between in self.imports(name)
        )

    @cached_property
    def width(self) -> float:
        return max((self._width_of(row) + 2 * GAP for row in self.rows), default=WIDTH)

    @cached_property
    def height(self) -> float:
        if not self.rows:
            return HEIGHT
        return (
            TITLE
            + GAP
            + sum(self._height_of(row) for row in self.rows)
            + LINES * (len(self.rows) - 1)
        )

    def _width_of(self, row: list[str]) -> float:
        return sum(self.inside[name].width for name in row) + GAP * (len(row) - 1)

    def _height_of(self, row: list[str]) -> float:
        return max(self.inside[name].height for name in row)

    def placed(self, x: float, y: float) -> dict[str, Placed]:
        places = {}
        below = y + TITLE
        for row in self.rows:
            left = x + (self.width - self._width_of(row)) / 2
            for name in row:
                room = self.inside[name]
                places[name] = Placed(room, left, below)
                left += room.width + GAP
            below += self._height_of(row) + LINES
        return places

    def drawn(self, x: float, y: float) -> Iterator[str]:
        box = f'x="{x:g}" y="{y:g}" width="{self.width:g}" height="{self.height:g}"'
        name = escape(self.name.rpartition(".")[2])
        if not self.inside:
            yield f"<rect {box}/>"
            yield f'<text x="{x + WIDTH / 2:g}" y="{y + 20:g}">{name}</text>'
            return
        if self.name:
            deep = " deep" if "." in self.name else ""
            yield f'<rect class="opened{deep}" {box}/>'
            yield f'<text class="title" x="{x + GAP:g}" y="{y + 17:g}">{name}</text>'
        places = self.placed(x, y)
        for one, other in self.lines:
            yield places[one].line_to(places[other])
        for place in places.values():
            yield from place.room.drawn(place.x, place.y)


def picture() -> str:
    """The picture as SVG, the same for the same imports."""
    house = Room(grimp.build_graph(*PACKAGES, cache_dir=None))
    size = f'viewBox="0 0 {house.width:g} {house.height:g}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            "<title>The packages of Loket, each above what it imports</title>",
            f"<style>{LOOK}</style>",
            f'<rect width="{house.width:g}" height="{house.height:g}" style="stroke: none"/>',
            *house.drawn(0, 0),
            "</svg>",
            "",
        ]
    )


if __name__ == "__main__":
    PICTURE.write_text(picture(), "utf-8")
