"""A fusion center with its repository, its keys and its servers, and what goes on between them."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from forges import Machine, carry, jobs
from sites import CONFIGURATION, ROOT, Ran, bulletin, every_byte, make_site
from tearline.keys import make_key

JOBS = jobs("github")  # test_recipes: GitLab's are the same
TEARLINE = str(Path(sys.executable).with_name("tearline"))
SIGNING = re.search(
    r"^      signing:.*\n(?:        .*\n)+", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE
)
BODY = "(U) {} words.\n\n(U//LES) Quagmire Lane is where the sparrow nests."


def git(*arguments: str | Path, cwd: Path) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *map(str, arguments)], cwd=cwd, check=True, capture_output=True)


@dataclass(frozen=True, slots=True)
class Center:
    """A fusion center: its repository, its keys, and the machines that serve, each with what its owner put there."""

    root: Path

    def commit(self, words: str) -> None:
        source = bulletin("IB-2026-001", BODY.format(words))
        (self.root / "repository" / "bulletins" / "a.md").write_text(source, encoding="utf-8")
        git("add", "--all", cwd=self.root / "repository")
        git("commit", "--allow-empty", "--message", words, cwd=self.root / "repository")

    def clone(self, name: str) -> Machine:
        """A machine with a fresh checkout of the last commit, and the program installed."""
        self.root.joinpath(name).mkdir()
        git("clone", "--depth=1", f"file://{self.root}/repository", "work", cwd=self.root / name)
        return Machine(self.root / name / "work")

    def key(self, edition: str) -> str:
        """What the secret of a building job holds."""
        return base64.b64encode((self.root / "keys" / edition).read_bytes()).decode()

    @property
    def allowed(self) -> str:
        """Every edition's signers, as the building jobs know them."""
        return "".join((self.root / "keys" / f"{one}.signers").read_text(encoding="utf-8") for one in ("eoc", "full"))

    def build(self, edition: str, name: str, **variables: str) -> tuple[Machine, Ran]:
        machine = self.clone(name)
        given = {"TEARLINE_KEY": self.key(edition), "TEARLINE_ALLOWED_SIGNERS": self.allowed, **variables}
        return machine, machine.run(JOBS[f"build-{edition}"], TEARLINE_PROGRAM=TEARLINE, **given)

    def release(self, edition: str, name: str) -> Path:
        """What the forge keeps of a build."""
        machine, ran = self.build(edition, name)
        assert ran.code == 0, ran.said
        assert list(machine.temporary.iterdir()) == []
        carry(JOBS[f"build-{edition}"].leaves, machine.work, self.root / "artifacts" / name)
        return self.root / "artifacts" / name

    def deploy(self, edition: str, work: Path, job: str = "deploy") -> Ran:
        """Run the job of the edition's own server on what lies in ``work``."""
        server = self.root / f"server-{edition}"
        machine = Machine(work, f"{self.root / 'programs'}:/usr/bin:/bin")
        where = {"TEARLINE_TARGET": str(server / "www"), "TEARLINE_SIGNERS": str(server / "signers")}
        return machine.run(JOBS[f"{job}-{edition}"], **where)

    def served(self, edition: str) -> dict[str, bytes]:
        return every_byte(self.root / f"server-{edition}" / "www")


def install(root: Path) -> None:
    """The program as the serving machines have it: its wheel, away from its sources."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--no-build-isolation", "--wheel-dir", str(root), str(ROOT)], check=True, capture_output=True)
    (wheel,) = root.glob("tearline-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(root / "installed")
    (root / "programs").mkdir()
    program = root / "programs" / "tearline"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH={root}/installed exec {sys.executable} -P -m tearline "$@"\n', encoding="utf-8"
    )
    program.chmod(0o755)


def founded(root: Path) -> Center:
    """A center below ``root`` with a key for each edition; nothing is built or served yet."""
    assert SIGNING is not None
    configuration = CONFIGURATION.replace("      email:", f"{SIGNING[0]}      email:", 1)
    repository = make_site(root / "repository", {}, configuration).parent
    shutil.copytree(ROOT / ".ci" / "jobs", repository / ".ci" / "jobs")
    git("init", cwd=repository)
    for edition in ("eoc", "full"):
        make_key(root / "keys" / edition, root / "keys" / f"{edition}.signers", [edition])
        (root / f"server-{edition}").mkdir()
        shutil.copy(root / "keys" / f"{edition}.signers", root / f"server-{edition}" / "signers")
    install(root)
    return Center(root)
