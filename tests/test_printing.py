"""Printing that cannot fail, and a caret that cannot be led astray."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tearline.findings import Place, finding
from tearline.printing import caret, plain_path, progress


def shown(root: Path, data: bytes, line: int, column: int, width: int = 1) -> str:
    (root / "a.md").write_bytes(data)
    return caret(finding("alias-mark", Place("a.md", line, column), width=width), root)


def test_the_caret_stands_under_the_place(tmp_path: Path) -> None:
    assert shown(tmp_path, "\ufeffone\r\n(u) two\r\n".encode(), 2, 1, 3) == "    (u) two\n    ^~~\n"


def test_a_long_line_is_cut_around_the_place(tmp_path: Path) -> None:
    line, under, _ = shown(tmp_path, b"a" * 5000 + b"X" + b"b" * 5000, 1, 5001).split("\n")
    assert line[under.index("^")] == "X"
    assert len(line) < 200


def test_control_characters_are_not_shown(tmp_path: Path) -> None:
    assert "\x1b" not in shown(tmp_path, b"a\x1b[31mred", 1, 1)


@pytest.mark.parametrize("place", [("a.md", 99), ("nothing.md", 1), ("a.md/x", 1), ("nul\0", 1)])
def test_no_such_line_is_nothing(tmp_path: Path, place: tuple[str, int]) -> None:
    (tmp_path / "a.md").write_text("x", encoding="utf-8")
    assert caret(finding("alias-mark", Place(*place)), tmp_path) == ""


def test_links_and_pipes_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "link.md").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe.md")
    for name in ("link.md", "pipe.md"):
        assert caret(finding("alias-mark", Place(name)), tmp_path) == ""


def test_a_path_is_printable() -> None:
    assert plain_path(Path(os.fsdecode(b"a\xff\n"))) == "a\ufffd?"


def run(code: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    return subprocess.run(
        [sys.executable, "-c", f"from tearline.printing import *; {code}"], env=env, capture_output=True, check=False
    )


def test_any_encoding_will_do() -> None:
    done = run(
        "tell('IB \u00b6 2\\n'); tell('\u00b6\\n', exact=True); say('\u00b6')", PYTHONIOENCODING="ascii", LC_ALL="C"
    )
    assert done.returncode == 0
    assert done.stdout == b"IB \\xb6 2\n\xc2\xb6\n"
    assert done.stderr == b"\\xb6\n"


def test_a_reader_that_has_gone_changes_nothing() -> None:
    code = "from tearline.printing import *\nfor n in range(99999): tell(f'{n}\\n')\nsay('done')\nraise SystemExit(1)"
    command = f'{sys.executable} -c "$CODE" | head -1; exit ${{PIPESTATUS[0]}}'
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "CODE": code}
    done = subprocess.run(["bash", "-c", command], env=env, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"0\n", b"done\n")


def test_closed_streams_change_nothing() -> None:
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "CODE": "from tearline.printing import *\ntell('x')\nsay('x')",
    }
    done = subprocess.run(["bash", "-c", f'{sys.executable} -c "$CODE" >&- 2>&-'], env=env, check=False)
    assert done.returncode == 0


def test_timings_say_where_the_time_went(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as step:
        step("Reading")
        step.watch(1, 2)
        step("Writing")
    assert capsys.readouterr().err == "Reading\nWriting\n"
    head, *rows = step.timings().splitlines()
    assert head.split() == ["seconds", "processors", "step"]
    assert [row.split(maxsplit=2)[2] for row in rows] == ["Reading", "Writing", "All of it"]
    assert all(float(row.split()[0]) >= 0 and float(row.split()[1]) >= 0 for row in rows)
