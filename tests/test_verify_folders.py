"""Folders and names that nobody would give: how deep, of which bytes. Each is told in one line, whatever it is."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sites import bulletin, make_site, tearline
from tearline.findings import REPORTS, report
from tearline.verify import Question, read_settings, verify
from tearline.verify.folders import DEEPEST, below, printable


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_site(tmp_path_factory.mktemp("f") / "s", {"a.md": bulletin("IB-2026-001", "(U) One.")}).parent
    assert tearline("build", "--edition", "eoc", cwd=root).code == 0
    return root


def test_a_chain_of_folders_is_named_and_not_gone_down(built: Path, tmp_path: Path) -> None:
    site = shutil.copytree(built / "site-eoc", tmp_path / "site")
    here = os.open(site, os.O_RDONLY)
    try:
        for _ in range(1500):
            os.mkdir("d", dir_fd=here)
            inner = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
    finally:
        os.close(here)
    found = verify(Question(site, read_settings(built / "mkdocs.yml", "eoc"), jobs=1)).findings
    assert [one.rule.code for one in found] == ["TL307"]
    assert found[0].place.path.startswith("site/d/d/d")
    subprocess.run(["rm", "-rf", site / "d"], check=True)


@pytest.mark.parametrize(
    ("name", "shown"), [(b"a\nb.html", "a%0Ab.html"), (b"\xff.html", "%FF.html"), (b"a\x1b[2J\r.js", "a%1B[2J%0D.js")]
)
def test_a_name_makes_no_line_of_its_own(built: Path, tmp_path: Path, name: bytes, shown: str) -> None:
    site = shutil.copytree(built / "site-eoc", tmp_path / "site")
    Path(os.fsdecode(os.fsencode(site) + b"/" + name)).write_bytes(b"x")
    found = verify(Question(site, read_settings(built / "mkdocs.yml", "eoc"), jobs=1)).findings
    assert {one.place.path for one in found} == {f"site/{shown}"}
    for form in REPORTS:
        report(found, form).encode("utf-8")
    assert len(report(found).splitlines()) == len(found)


def test_what_is_below_a_folder(tmp_path: Path) -> None:
    deep = tmp_path / "/".join("x" * (DEEPEST + 2))
    deep.mkdir(parents=True)
    (deep / "file").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").touch()
    found = below(tmp_path)
    assert list(found.files) == ["b"]
    assert found.odd == ["a", "empty"]
    assert found.deep == ["/".join("x" * (DEEPEST + 1))]
    assert printable("é.html") == "é.html"
