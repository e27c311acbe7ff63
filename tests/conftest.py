"""What several tests share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from sites import ROOT, needed, once, tearline

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

# How long an example takes depends on what else the machine is doing; hangs have a guard of their own.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")


@pytest.fixture(scope="session")
def sample_sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both editions of the sample site as ``tearline build`` publishes them, PDFs and all, and what it had to say.

    They are built once for all tests and may not be changed.
    """

    def make(out: Path) -> None:
        ran = tearline("build", "--out", out, cwd=ROOT)
        assert ran.code == 0, ran.said
        (out / "findings.txt").write_text(ran.out, encoding="utf-8")

    return once(tmp_path_factory, "sample-sites", make)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless. Without one a developer's run skips; a CI run fails."""
    program = needed(*_PROGRAMS, package="chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield chromium
        chromium.close()
