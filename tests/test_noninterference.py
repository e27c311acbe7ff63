"""Non-interference: what is withheld changes no byte of what is released (marking-language.md, section 7)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpora import Stand, put, stands
from fillings import Filling
from sites import CONFIGURATION, NOW, make_site, policy_of
from tearline.corpus import read_corpus
from tearline.findings import Severity
from tearline.stage import compose, write

CORPORA = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
QUIET = CONFIGURATION.replace("audience: sltt\n", "audience: sltt\n          withheld_notice: none\n")
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
    tree = compose(corpus, policy, policy.editions["eoc"], NOW)
    wrong = [str(one) for one in (*corpus.findings, *tree.findings) if one.severity is Severity.ERROR]
    assert not tree.refused
    assert all("held" in name for name in corpus.refused), wrong
    write(tree, root / "stage")
    return kept(root / "stage")


def kept(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder: its permissions and its bytes."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): (path.stat().st_mode, path.read_bytes()) for path in found}


@CORPORA
@given(stands(), seeds, seeds)
def test_what_is_withheld_changes_no_byte_of_the_stage(stand: Stand, one: int, other: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert staged(site(Path(folder, "one"), stand, one)) == staged(site(Path(folder, "other"), stand, other))
