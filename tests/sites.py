"""Small sites of a test's own: a configuration, sources, and the command line run on them."""

from __future__ import annotations

import fcntl
import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tearline.corpus import Corpus, read_corpus
from tearline.findings import Finding
from tearline.inventory import take_inventory
from tearline.judging import Judgement, Rendered
from tearline.manifest import verdict
from tearline.policy import Policy, load_policy
from tearline.stage import Tree, compose
from tearline.verify.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
NOON = "1795435200"  # 2026-11-23 12:00 UTC: the moment these sites are built for
NOW = datetime.fromtimestamp(int(NOON), UTC)
CONFIGURATION = """\
site_name: Test Center
docs_dir: placeholder
site_dir: .preview
theme: {name: material, custom_dir: overrides, font: false}
plugins:
  - tearline:
      sources: bulletins
      edition: !ENV [TEARLINE_EDITION, eoc]
      agency: Test Center
      id: "IB-{year}-{number}"
      pages: [index.md, about/**]
      contact: "(U) Liaison desk, 555-0100"
      email: desk@example.org
      editions:
        eoc:
          site_name: Test Center, EOC edition
          audience: sltt
          releases:
            fouo-les: [U, FOUO]
            cui: [U, CUI, EMGT]
            cui-dod: [U, CUI, EMGT]
            tlp: [CLEAR, GREEN, AMBER]
        full: {site_name: Test Center full edition, audience: law-enforcement, releases: all}
"""
EOC_SETTINGS = Settings(
    root=Path(),
    sources=Path("bulletins"),
    edition="eoc",
    releases={"fouo-les": frozenset({"U", "FOUO"}), "tlp": frozenset({"CLEAR", "GREEN"})},
    nation="USA",
    system="fouo-les",
    pages=(),
    ids=(),
    theme=Path("overrides"),
    texts=(),
    urls={},
    repositories=(),
    stricter=frozenset(),
)  # what the verifier reads of that edition, as far as its parts need it
INDEX = "---\ntitle: Home\nmarking: U\n---\n\nWelcome to the test site.\n"


class Content:
    """A verifier that has nothing against a site, in no time."""

    def __init__(self, rendering: Rendered, *_: object, **__: object) -> None:
        self._judgement = Judgement((), verdict("a test", take_inventory(rendering.site, "site").entries, passed=True))

    def finish(self) -> Judgement:
        """What it says."""
        return self._judgement

    def stop(self) -> None:
        """It has ended already."""


def bulletin(name: str, body: str, *front: str, title: str = "(U) A title") -> str:
    """A bulletin with this id and body; ``front`` holds more lines of front matter."""
    return "\n".join(["---", f"id: {name}", f'title: "{title}"', *front, "---", "", body, ""])


def make_site(root: Path, sources: Mapping[str, str | bytes], configuration: str = CONFIGURATION) -> Path:
    """Write a site below ``root``; the path of its configuration. Sources are named relative to ``bulletins/``."""
    (root / "placeholder").mkdir(parents=True)
    (root / "placeholder" / "index.md").write_text("Build this site with the tearline plugin.\n", encoding="utf-8")
    shutil.copytree(ROOT / "overrides", root / "overrides")
    for name, content in {"index.md": INDEX, **sources}.items():
        path = root / "bulletins" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    config = root / "mkdocs.yml"
    config.write_text(configuration, encoding="utf-8")
    return config


def policy_of(config: Path) -> Policy:
    """The policy of a site."""
    policy, found = load_policy(config, {})
    assert policy is not None, found
    return policy


def page(body: str, *front: str, marking: str = "U") -> str:
    """A page with this marking and body."""
    return "\n".join(["---", f"marking: {marking}", *front, "---", "", body, ""])


def corpus_of(root: Path, sources: Mapping[str, str | bytes], configuration: str = CONFIGURATION) -> Corpus:
    """A new site below ``root``, read."""
    return read_corpus(policy_of(make_site(root, sources, configuration)))


def trees_of(
    root: Path, sources: Mapping[str, str | bytes], configuration: str = CONFIGURATION, now: datetime = NOW
) -> dict[str, Tree]:
    """A new site below ``root``, composed for each of its editions."""
    policy = policy_of(make_site(root, sources, configuration))
    corpus = read_corpus(policy)
    return compose(corpus, policy, now)


def rules(found: Iterable[Finding]) -> list[str]:
    """The names of the rules that findings are about, in order."""
    return [one.rule.name for one in found]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything it printed."""
        return self.out + self.err


def tearline(*arguments: str | Path, cwd: Path, program: str = "tearline.cli", **environment: str) -> Ran:
    """Run a command as a user would, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", program, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "SOURCE_DATE_EPOCH": NOON, "NO_MKDOCS_2_WARNING": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that ``make`` fills once, however many processes run the tests. Nobody may change what is in it."""
    base = factory.getbasetemp()
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (common / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder, done = common / name, common / f"{name}.done"
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


def sample_copy(root: Path, pdf: str = "false") -> Path:
    """A copy of the site that comes with the program; without PDFs, which take longest, unless it says otherwise."""
    root.mkdir()
    for name in ("bulletins", "overrides", "plugins/placeholder"):
        shutil.copytree(ROOT / name, root / name)
    said = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "pdf: auto" in said
    (root / "mkdocs.yml").write_text(said.replace("pdf: auto", f"pdf: {pdf}"), encoding="utf-8")
    return root


def needed(*programs: str, package: str) -> str:
    """The first of these programs that is installed. Without one a developer's run skips; a CI run fails."""
    found = next(filter(None, map(shutil.which, programs)), None)
    if found is None:
        report = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        report(f"needs {programs[0]}: apt-get install {package}")
    return found


def every_byte(folder: Path) -> dict[str, bytes]:
    """Each file below a folder by its name, compressed ones opened too."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            found[name] = path.read_bytes()
            if path.suffix == ".gz":
                found[f"{name}#"] = gzip.decompress(found[name])
    return found


def files_saying(folder: Path, word: str) -> list[str]:
    """The files below a folder whose name or bytes hold a word, in any case."""
    wanted = word.lower()
    held = every_byte(folder).items()
    return [name for name, data in held if wanted.encode() in data.lower() or wanted in name.lower()]
