"""A site's sources with every withheld word replaced by others, by a reading that shares no code with the release.

What is withheld is what the verifier's own naive reading says: path, line and words of each portion. Those words are
looked for in the source from that line on, and the runs of words there are exchanged; marks, targets, labels and
whatever else has a meaning stay.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from fillings import Filling
from tearline.verify.portions import Unit
from tearline.verify.settings import Settings
from tearline.verify.sources import read_sources

TEXTS: Final = frozenset(
    {"paragraph", "item", "cell", "heading", "title", "meta", "inline", "note", "fence", "document"}
)
_WORD: Final = re.compile(r"[^\W_]+")
_KEPT: Final = re.compile(
    r"(\]\([^)]*\)|\[\^[^\]]*\]|\([A-Z][A-Z0-9:+/, -]*\)|<!--|-->|\n[ >]*(?:(?:[-*+]|[0-9]+[.)]) )?)"
)
_RUN: Final = re.compile(r"[\w'\u2019.,;:/$%?!()\u2014\u2013 -]*\w[\w'\u2019.,;/$%?!()\u2014\u2013 -]*")
_GAP: Final = r"(?:\]\([^)]*\)|\[\^[^\]]*\]|[\W_])*?"  # what may stand between two words of a portion


class Respelled:
    """Exchanges withheld words in sources. ``done`` counts the portions that were, ``missed`` those not found."""

    def __init__(self, settings: Settings, fill: Filling) -> None:
        self.fill = fill
        self.done = 0
        self.missed: list[Unit] = []
        self.units: dict[str, list[Unit]] = {}
        for document in read_sources(settings, 1):
            for unit in document.units:
                if unit.withheld and unit.kind in TEXTS and _WORD.search(unit.visible):
                    self.units.setdefault(unit.path, []).append(unit)

    def text(self, path: str, source: str) -> str:
        """The source at this path, as the verifier names it, with other withheld words."""
        starts = [0, *(found.end() for found in re.finditer("\n", source))]
        spans: list[tuple[int, int, bool]] = []
        cursor = 0
        for unit in sorted(self.units.get(path, []), key=lambda unit: unit.line):
            said = _WORD.findall(unit.visible.replace("\x1d", " "))
            at = max(cursor, starts[unit.line - 1])
            found = re.compile(_GAP.join(rf"(?<![^\W_]){word}(?![^\W_])" for word in said)).search(source, at)
            if found is None:
                self.missed.append(unit)
                continue
            self.done += 1
            cursor = found.end() if unit.kind in {"cell", "fence"} else cursor
            spans.append((found.start(), found.end(), unit.kind == "meta"))
        return self._changed(source, spans)

    def _changed(self, source: str, spans: list[tuple[int, int, bool]]) -> str:
        out, last = [], 0
        for start, end, plain in sorted(spans):
            if end <= last:
                continue
            begin = max(start, last)
            out += [source[last:begin], self._other(source[begin:end], plain=plain)]
            last = end
        return "".join([*out, source[last:]])

    def _other(self, text: str, *, plain: bool) -> str:
        pieces = _KEPT.split(text)
        return "".join(
            piece if number % 2 else _RUN.sub(lambda run: self._run(run[0], plain=plain), piece)
            for number, piece in enumerate(pieces)
        )

    def _run(self, run: str, *, plain: bool) -> str:
        head, tail = run[: len(run) - len(run.lstrip())], run[len(run.rstrip()) :]
        return head + (self.fill.plain() if plain else self.fill.words()) + tail


def renamed(root: Path, fill: Filling) -> None:
    """Give every bulletin and every picture below ``root`` another name, and links to it too."""
    old = sorted(path for end in ("png", "jpg", "md") for path in root.glob(f"20??/*.{end}"))
    fill.draw.shuffle(old)
    names = {path.name: f"{number}-{fill.draw.choice('aMz_')}{path.suffix}" for number, path in enumerate(old)}
    for path in old:
        path.rename(path.with_name(names[path.name]))
    for path in root.rglob("*.md"):
        text = path.read_bytes().decode()
        for name, new in names.items():
            text = text.replace(name, new)
        path.write_bytes(text.encode())
