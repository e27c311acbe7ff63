"""What was aimed at, beside what was measured: ratios within one run, so that they hold on other machines too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from bench import Figures

SMALL: Final = 1000
LARGE: Final = 10_000
COLD: Final = "tearline, cold"
_WIDTH: Final = 68


@dataclass(frozen=True, slots=True)
class Target:
    """One line of the table of targets. ``value`` is None where it was not measured."""

    what: str
    value: float | None
    target: float
    unit: str

    def __str__(self) -> str:
        aim = f"target ≤ {self.target:g}{self.unit}"
        if self.value is None:
            return f"{self.what:<{_WIDTH}} not measured      {aim}"
        return f"{self.what:<{_WIDTH}}{self.value:10.3g}{self.unit:<4} {aim}, {self.state}"

    @property
    def state(self) -> str:
        """Whether it is met."""
        return "met" if self.value is not None and self.value <= self.target else "not met"


def targets(by_size: Mapping[int, Figures]) -> Iterator[Target]:
    """Every target, measured or not."""

    def seconds(count: int, name: str) -> float | None:
        run = by_size[count].runs.get(name) if count in by_size else None
        return None if run is None or run.failed else run.seconds

    def memory(count: int, name: str) -> float | None:
        run = by_size[count].runs.get(name) if count in by_size else None
        return None if run is None or run.failed else run.memory / 1e6

    def other(count: int, kind: str, name: str) -> Any:
        return getattr(by_size[count], kind).get(name) if count in by_size else None

    cold = seconds(SMALL, COLD)
    check_at = max(by_size, default=LARGE)
    changed = seconds(LARGE, "tearline, one change")
    yield Target(
        "cold, 1,000 / stock mkdocs, default nav", _ratio(cold, seconds(SMALL, "mkdocs, default nav")), 0.35, ""
    )
    yield Target("cold, 1,000 / stock mkdocs, no nav", _ratio(cold, seconds(SMALL, "mkdocs, no nav")), 1.5, "")
    yield Target(
        "one of 10,000 changed / Hugo, two builds", _ratio(changed, seconds(LARGE, "hugo, two builds")), 0.2, ""
    )
    yield Target("nothing changed, 10,000", seconds(LARGE, "tearline, unchanged"), 2, " s")
    yield Target("cold, 10,000 / cold, 1,000", _ratio(seconds(LARGE, COLD), cold), 11, "")
    yield Target("peak memory, cold, 10,000", memory(LARGE, COLD), 1000, " MB")
    yield Target("check of one bulletin after start-up", _times(other(check_at, "check", "check"), 1000), 50, " ms")
    yield Target("start-up of check", other(check_at, "check", "start"), 0.3, " s")
    yield Target("first search result, 10,000", other(LARGE, "search", "seconds"), 1, " s")
    yield Target("bytes fetched for it", _times(other(LARGE, "search", "bytes"), 0.001), 400, " KB")


def _ratio(one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else one / other


def _times(one: float | None, factor: float) -> float | None:
    return None if one is None else one * factor
