"""Another renderer: ProperDocs makes the same site of the same staged tree, and the same verifier reads it.

Nothing of Tearline but `render` and `plugin` knows MkDocs. ProperDocs is its maintained continuation, and the way out
should MkDocs 1.x go. What the theme brings and no page uses is removed from both sites, as a build does.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sites import NOON, NOW, bulletin, every_byte, files_saying, make_site, once, sample_copy, tearline
from tearline import render
from tearline.render import start_rendering

BUILD = ("-P", "-s", "-B", "-m", "properdocs", "build", "--quiet", "--config-file", "mkdocs.yml", "--site-dir")
RENDERERS = {"ours": render._COMMAND, "properdocs": BUILD}


def rendered(stage: Path, renderer: str, to: Path) -> Path:
    """The site that a renderer makes of a staged tree, in a process and an environment as in a build."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(render, "_COMMAND", RENDERERS[renderer])
        lock = os.open(stage, os.O_RDONLY)
        try:
            start_rendering(stage, to / "site", to / "log", NOW, lock).finish()
        finally:
            os.close(lock)
    return to / "site"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own site: both editions staged, and each rendered twice."""
    return once(tmp_path_factory, "renderers", _rendered_twice) / "site"


def _rendered_twice(out: Path) -> None:
    root = sample_copy(out / "site")  # without PDFs: they are not a renderer's work
    for edition in ("eoc", "full"):
        ran = tearline("stage", "--edition", edition, "--out", root / edition / "stage", cwd=root)
        assert ran.code == 0, ran.said
        for renderer in RENDERERS:
            (root / edition / renderer).mkdir()
            rendered(root / edition / "stage", renderer, root / edition / renderer)


def verify(sample: Path, edition: str, *more: str | Path) -> tuple[int, str]:
    made = sample / edition / "properdocs"
    ran = tearline("verify", made / "site", "--edition", edition, *more, cwd=sample)
    return ran.code, ran.said


@pytest.mark.parametrize("edition", ["eoc", "full"])
def test_both_renderers_make_the_same_bytes_of_the_sample_site(sample: Path, edition: str) -> None:
    ours, theirs = (every_byte(sample / edition / one / "site") for one in RENDERERS)
    assert sorted(theirs) == sorted(ours)
    assert [name for name in ours if ours[name] != theirs[name]] == []


@pytest.mark.parametrize("edition", ["eoc", "full"])
def test_the_verifier_has_nothing_against_what_the_other_renderer_made(sample: Path, edition: str) -> None:
    made = sample / edition
    known = ["--stage", made / "stage", "--log", made / "properdocs" / "log"]
    full, stricter = sample / "full" / "properdocs" / "site", f"eoc={sample / 'eoc' / 'stage'}"
    second = ["--full", full] if edition == "eoc" else ["--other", stricter]
    assert verify(sample, edition, *known, *second) == (0, "No findings. Every check was made.\n")
    alone = ["--other", stricter] if edition == "full" else []
    code, said = verify(sample, edition, "--bytes-alone", *alone)  # nothing but the site, as somebody would send it
    assert (code, said.partition(" Not checked")[0]) == (0, "No findings.")


def test_the_verifier_sees_that_the_other_renderer_made_another_edition(sample: Path) -> None:
    ran = tearline("verify", sample / "full" / "properdocs" / "site", "--edition", "eoc", cwd=sample)
    assert ran.code == 1
    assert "TL302" in ran.out


def test_the_plugin_gives_the_same_pages_under_either_renderer(tmp_path: Path) -> None:
    sources = {"a.md": bulletin("IB-2026-001", "(U) Sparrow.\n\n(U//LES) Quagmire.")}
    built = {}
    for renderer in ("mkdocs", "properdocs"):
        root = make_site(tmp_path / renderer, sources).parent
        ran = tearline(
            "build", "--quiet", "--config-file", "mkdocs.yml", cwd=root, program=renderer, SOURCE_DATE_EPOCH=NOON
        )
        assert (ran.code, ran.said) == (0, "")
        built[renderer] = every_byte(root / ".preview" / "eoc")
        assert files_saying(root / ".preview", "quagmire") == []
        assert files_saying(root / ".preview", "sparrow")
    assert built["properdocs"] == built["mkdocs"]
