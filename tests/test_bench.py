"""The bench itself: it counts what it should count, and says what failed."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import yaml

from archive import bulletins, write_site
from bench import Figures, growth
from bench_rivals import plain
from bench_runs import Run, median, run
from bench_targets import targets

HOLD = "import time; held = b'x' * 60_000_000; time.sleep(0.5)"


def test_memory_is_that_of_all_processes_together(tmp_path: Path) -> None:
    both = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {HOLD!r}]); {HOLD}; p.wait()"
    one = run([sys.executable, "-c", HOLD], tmp_path)
    two = run([sys.executable, "-c", both], tmp_path)
    assert 60e6 < one.memory < 110e6
    assert 120e6 < two.memory < 200e6
    assert one.seconds > 0.5


def test_what_fails_is_said_with_its_last_line(tmp_path: Path) -> None:
    assert run([sys.executable, "-c", "import sys; print('first'); sys.exit('why')"], tmp_path).failed == "exit 1: why"
    assert run([sys.executable, "-c", "pass"], tmp_path, then=lambda: "pages are missing").failed == "pages are missing"
    late = run([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, limit=0.5)
    assert late.failed == "not done after 0.5 s"
    assert late.seconds < 30


def test_a_median_with_a_failure_is_a_failure() -> None:
    assert median([Run(1, 5), Run(3, 7), Run(2, 6)]) == Run(2, 7)
    assert median([Run(1, 5), Run(failed="why")]).failed == "why"


def test_growth_and_targets_are_of_what_was_measured() -> None:
    small = Figures(
        runs={"tearline, cold": Run(30), "mkdocs, default nav": Run(60), "mkdocs, no nav": Run(failed="why")}
    )
    large = Figures(runs={"tearline, cold": Run(300, 900_000_000)})
    by_size = {1000: small, 10_000: large}
    assert list(growth(by_size)) == [("tearline, cold", 1000, 10_000, 10.0, 1.0)]
    told = {one.what: one for one in targets(by_size)}
    assert (told["cold, 1,000 / stock mkdocs, default nav"].value, told["cold, 10,000 / cold, 1,000"].state) == (
        0.5,
        "met",
    )
    assert "not measured" in str(told["cold, 1,000 / stock mkdocs, no nav"])
    assert str(told["peak memory, cold, 10,000"]).endswith("900 MB  target ≤ 1000 MB, met")


def test_others_are_given_every_bulletin_without_marks_in_links(tmp_path: Path) -> None:
    plain(write_site(tmp_path / "site", 40).parent, tmp_path / "plain")
    texts = {
        path.relative_to(tmp_path / "plain").as_posix(): path.read_text("utf-8")
        for path in (tmp_path / "plain").rglob("*.md")
    }
    assert texts.keys() - {"index.md"} == {name for name, _ in bulletins(40)}
    for name, text in texts.items():
        assert {"title"} <= yaml.safe_load(text.split("---\n")[1]).keys()
        assert "](U//" not in text
        for link in re.findall(r"\]\(([^)]+)\)", text):
            assert (tmp_path / "plain" / name).parent.joinpath(link).is_file(), link
