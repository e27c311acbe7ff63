"""Somebody edits sources, stage, site or manifest while a build is under way: refused, and the old site stays."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest

from releases import NOW as LATER
from sites import CONFIGURATION, NOW, bulletin, every_byte, make_site, policy_of
from tearline.build import How, Outcome, build
from tearline.keys import make_key, read_signers
from tearline.publish import Offer, publish

PAGE = "2026/ib-2026-001"
WITHHELD = "Quagmire Lane is where the sparrow nests"
SOURCE = bulletin("IB-2026-001", f"(U) First words.\n\n(U//LES) {WITHHELD}.")
SIGNED = CONFIGURATION.replace("      email:", "      signing: {key: key, signers: signers}\n      email:", 1)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with its EOC edition built and nobody meddling."""
    root = make_site(tmp_path_factory.mktemp("meddling") / "site", {"a.md": SOURCE}, SIGNED).parent
    make_key(root / "key", root / "signers", ["eoc", "full"])
    assert not built(root).refused
    return root


@pytest.fixture
def root(untouched: Path, tmp_path: Path) -> Path:
    return shutil.copytree(untouched, tmp_path / "site")


def built(root: Path) -> Outcome:
    policy = policy_of(root / "mkdocs.yml")
    return build(policy, [policy.editions["eoc"]], root, NOW, lambda _: None, How())


def plant(path: Path, words: str, before: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, f"{words} {before}", 1), encoding="utf-8")


def private(root: Path) -> Path:
    """The EOC edition's private folder of the build that is under way."""
    (folder,) = root.glob(".tearline-*/eoc-*")
    return folder


def in_stage(root: Path) -> None:
    plant(private(root) / "stage" / "docs" / f"{PAGE}.md", WITHHELD, "First words")


def in_site(root: Path) -> None:
    plant(private(root) / "site" / PAGE / "index.html", WITHHELD, "First words")


def in_both(root: Path) -> None:
    in_stage(root)
    in_site(root)


def of_its_own(root: Path) -> None:
    plant(private(root) / "site" / PAGE / "index.html", "Everything is open to everybody now", "First words")


def stranger(root: Path) -> None:
    (private(root) / "site" / "shell.php").write_text("x", encoding="utf-8")


def gone(root: Path) -> None:
    (private(root) / "site" / PAGE / "index.html").unlink()


def source_marked_higher(root: Path) -> None:
    (root / "bulletins" / "a.md").write_text(SOURCE.replace("(U) First", "(U//LES) First"), encoding="utf-8")


Meddler = Callable[[Path], None]
# Before which step, who meddles, and one of the rules that see it.
MEDDLING: list[tuple[str, Meddler, str]] = [
    ("sites.start_rendering", in_stage, "withheld-words"),
    ("sites.make_readable", in_site, "withheld-words"),
    ("sites.make_readable", in_both, "withheld-words"),
    ("sites.make_readable", of_its_own, "unexplained-words"),
    ("sites.make_readable", stranger, "unexpected-file"),
    ("sites.make_readable", gone, "missing-file"),
    ("sites.make_readable", source_marked_higher, "readings-disagree"),
    ("sites.start_judging", of_its_own, "file-changed"),
    ("build.take_inventory", of_its_own, "file-changed"),  # between the verdict and the seal
    ("build.take_inventory", stranger, "file-extra"),
    ("build.take_inventory", gone, "file-missing"),
]


def before(step: str, meddler: Meddler, root: Path, patch: pytest.MonkeyPatch) -> None:
    """Have somebody meddle right before a build takes a step for the first time."""
    original: Callable[..., Any] = resolve_name(f"tearline.{step}")
    calls: list[int] = []

    def taken(*given: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            meddler(root)
        return original(*given, **more)

    patch.setattr(f"tearline.{step}", taken)


@pytest.mark.parametrize(
    ("step", "meddler", "rule"), MEDDLING, ids=[f"{step}-{one.__name__}" for step, one, _ in MEDDLING]
)
def test_what_was_edited_on_the_way_is_not_sealed(
    root: Path, monkeypatch: pytest.MonkeyPatch, step: str, meddler: Meddler, rule: str
) -> None:
    old = every_byte(root / "site-eoc"), (root / "site-eoc.manifest.json").read_bytes()
    before(step, meddler, root, monkeypatch)
    outcome = built(root)
    assert outcome.refused
    assert rule in {one.rule.name for one in outcome.findings}
    assert (every_byte(root / "site-eoc"), (root / "site-eoc.manifest.json").read_bytes()) == old
    assert not list(root.glob(".tearline-*"))


def other_manifest(root: Path) -> None:
    """A manifest that somebody made say something else."""
    manifest = private(root) / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"eoc"', b'"full"'))


@pytest.mark.parametrize(
    ("meddler", "rule"), [(of_its_own, "file-changed"), (stranger, "file-extra"), (other_manifest, "signature-refused")]
)
def test_what_was_edited_after_it_was_sealed_is_not_published(
    root: Path, monkeypatch: pytest.MonkeyPatch, meddler: Meddler, rule: str
) -> None:
    before("build.commit", meddler, root, monkeypatch)
    assert not built(root).refused
    (root / "www").mkdir()
    offer = Offer("eoc", root / "site-eoc", root / "site-eoc.manifest.json", root / "www" / "eoc")
    came = publish(offer, read_signers(root / "signers"), LATER)
    assert rule in {one.rule.name for one in came.findings}
    assert not (root / "www" / "eoc").exists()
