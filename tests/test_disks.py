"""Disks that are really full and really read-only, for whoever runs the tests: root is stopped by no permission."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sites import ROOT, bulletin, make_site

ALONE = ("unshare", "--map-root-user", "--mount")


def on_a_disk_of_its_own(what: str, root: Path) -> int:
    """Run a part of ``disks.py``; how often the step failed as it should. Some machines let nobody mount anything."""
    program = shutil.which(ALONE[0])
    mount = [*ALONE, "mount", "-t", "tmpfs", "none", str(root.parent)]
    if program is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs a machine that lets a process mount a disk of its own")
    ran = subprocess.run(
        [*ALONE, sys.executable, str(ROOT / "tests" / "disks.py"), what, str(root)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "plugins"), str(ROOT / "tests")])},
    )
    assert ran.returncode == 0, ran.stderr
    return int(ran.stdout.split()[0])


def test_a_publish_at_every_size_of_disk_leaves_the_old_release_or_the_new(tmp_path: Path) -> None:
    assert on_a_disk_of_its_own("full", tmp_path / "bench") > 3


def test_a_target_on_a_disk_that_may_not_be_written_stays(tmp_path: Path) -> None:
    assert on_a_disk_of_its_own("readonly", tmp_path / "bench") == 1


def test_a_build_on_a_disk_that_is_full_or_may_not_be_written_leaves_the_old_site(tmp_path: Path) -> None:
    body = "(U) First words.\n\n(U//LES) Quagmire Lane is the place."
    site = make_site(tmp_path / "site", {"a.md": bulletin("IB-2026-001", body)}).parent
    assert on_a_disk_of_its_own("build", site) == 5
