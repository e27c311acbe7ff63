"""Non-interference: what is withheld changes no byte of what is released (marking-language.md, section 7)."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from corpora import Stand, Story, put, stands, unseen
from drafts import Draft
from fillings import Filling
from places import FRONTS, PLACES
from respelling import Respelled, renamed
from sites import CONFIGURATION, NOW, make_site, policy_of, sample_copy, tearline
from tearline.corpus import read_corpus
from tearline.findings import Severity
from tearline.inventory import take_inventory
from tearline.manifest import moment, verdict
from tearline.render import start_rendering
from tearline.seal import seal
from tearline.stage import compose, write
from tearline.verify import read_settings

CORPORA = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
QUIET = CONFIGURATION.replace(
    "audience: sltt\n",
    "audience: sltt\n          site_url: https://eoc.example.org/\n          withheld_notice: none\n",
)
LOUD = QUIET.replace("withheld_notice: none", "withheld_notice: page")
seeds = st.integers(0, 2**32)


def site(root: Path, stand: Stand, seed: int) -> Path:
    """A site with the corpus as one filling has it."""
    fill = Filling(seed)
    sources = stand.sources(fill)
    make_site(root, sources, LOUD if stand.notice else QUIET)
    put(root, sources, fill)
    return root


def staged(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every file of the EOC edition's stage with its permissions. What cannot be read is held back."""
    policy = policy_of(root / "mkdocs.yml")
    corpus = read_corpus(policy)
    tree = compose(corpus, policy, NOW)["eoc"]
    wrong = [str(one) for one in (*corpus.findings, *tree.findings) if one.severity is Severity.ERROR]
    assert not tree.refused
    assert all("held" in name for name in corpus.refused), wrong
    write(tree, root / "stage")
    return kept(root / "stage")


def kept(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder: its permissions and its bytes."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): (path.stat().st_mode, path.read_bytes()) for path in found}


def agree(stand: Stand, one: int, other: int) -> None:
    """Fail where two fillings of a corpus are staged differently."""
    with tempfile.TemporaryDirectory() as folder:
        assert staged(site(Path(folder, "one"), stand, one)) == staged(site(Path(folder, "other"), stand, other))


@CORPORA
@given(stands(), seeds, seeds)
def test_what_is_withheld_changes_no_byte_of_the_stage(stand: Stand, one: int, other: int) -> None:
    agree(stand, one, other)


def test_the_stage_of_an_edition_that_withholds_nothing_does_change(tmp_path: Path) -> None:
    """The fillings do differ: what is compared above is not the same sources twice."""
    stand = everything()
    trees = []
    for seed in (1, 2):
        policy = policy_of(site(tmp_path / str(seed), stand, seed) / "mkdocs.yml")
        trees.append(compose(read_corpus(policy), policy, NOW)["full"])
    pages = [name for name in trees[0].files if name.startswith("2026/") and "800" not in name]
    assert len(pages) > len(PLACES)
    assert [name for name in pages if trees[0].files[name] == trees[1].files.get(name)] == []


# --- what is rendered, and what is published ----------------------------------------------------------------------


def everything() -> Stand:
    """A corpus with a bulletin for each kind of withheld place, and one for each kind in front matter."""

    def told(name: str) -> Draft:
        return Draft([(f"(U) kept plain words of {name}",)], [(f'title: "(U) kept title {name}"',)])

    bodies = [Story(told(name), (), (name,), pictures=False) for name in sorted(PLACES)]
    fronts = [Story(told(name), (name,), (), pictures=False) for name in sorted(FRONTS)]
    return Stand((*bodies, *fronts, Story(told("pictures"), (), (), pictures=True)), notice=True)


def rendered(root: Path) -> tuple[dict[str, tuple[int, bytes]], str, bytes]:
    """The site made of a stage, what the renderer said, and the manifest as it would be sealed."""
    lock = os.open(root, os.O_RDONLY)
    try:
        rendering = start_rendering(root / "stage", root / "site", root / "log", NOW, lock)
        said = rendering.finish().replace(str(root), "")
    finally:
        os.close(lock)
    policy = policy_of(root / "mkdocs.yml")
    taken = take_inventory(root / "site", "site-eoc")
    seen = verdict("a test", taken.entries, passed=True)
    sealed = seal(root / "site", taken, policy, policy.editions["eoc"], built=moment(NOW), recalled=(), said=seen)
    return kept(root / "site"), re.sub(r"[0-9.]+ seconds", "", said), sealed.to_bytes()


@settings(CORPORA, max_examples=3, phases=[Phase.generate])
@given(stands(), seeds, seeds)
def test_what_is_withheld_changes_neither_site_nor_log_nor_manifest(stand: Stand, one: int, other: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        roots = [site(Path(folder, str(number)), stand, seed) for number, seed in enumerate((one, other))]
        assert staged(roots[0]) == staged(roots[1])
        assert rendered(roots[0]) == rendered(roots[1])


def test_every_kind_of_withheld_place_changes_no_byte_that_the_command_publishes(tmp_path: Path) -> None:
    first, second = (built(site(tmp_path / str(seed), everything(), seed), "--hold") for seed in (2, 3))
    assert "site-eoc.manifest.json" in first
    assert first == second


# --- the sample corpus, through the command -----------------------------------------------------------------------


def respelled(root: Path, seed: int) -> Path:
    """The sample with other withheld words, names, documents and files."""
    fill = Filling(seed)
    other = Respelled(read_settings(root / "mkdocs.yml", "eoc"), fill)
    for name in other.units:
        path = root / name
        path.write_bytes(other.text(name, path.read_bytes().decode()).encode())
    assert other.done > 400
    assert not other.missed
    without_the_sketch(root / "bulletins/2026/tamsin-river-flood-crest.md")
    renamed(root / "bulletins", fill)
    more = unseen(fill, all_of_them=True)
    for name, data in more.items():
        (root / "bulletins" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "bulletins" / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    put(root, more, fill)
    return root


def without_the_sketch(path: Path) -> None:
    """Take a withheld picture out of a bulletin."""
    text = path.read_text(encoding="utf-8")
    entry = re.compile(r"  - file: boat-patrol-sectors\.png\n(?:    .*\n)+")
    used = re.compile(r".*\(boat-patrol-sectors\.png\)\n\n")
    assert len(entry.findall(text)) == len(used.findall(text)) == 1
    path.write_text(used.sub("", entry.sub("", text)), encoding="utf-8")
    path.with_name("boat-patrol-sectors.png").unlink()


def built(root: Path, *more: str) -> dict[str, tuple[int, bytes]]:
    """The EOC edition as the command publishes it, its manifest too."""
    ran = tearline("build", "--edition", "eoc", "--out", "out", *more, cwd=root)
    assert ran.code == 0, ran.said
    return kept(root / "out")


def test_the_samples_withheld_words_change_no_byte_of_its_eoc_edition(tmp_path: Path) -> None:
    first = built(sample_copy(tmp_path / "one"))
    second = built(respelled(sample_copy(tmp_path / "other"), 1), "--hold")
    assert "site-eoc.manifest.json" in first
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
