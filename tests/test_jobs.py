"""The recipes' jobs, run: each by the very steps that the recipes have, on a machine that holds only what it may have."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from centers import JOBS, TEARLINE, Center, founded
from forges import FORGES, Machine, jobs
from sites import ROOT, bulletin, every_byte, files_saying, needed


@pytest.fixture(scope="module")
def center(tmp_path_factory: pytest.TempPathFactory) -> Center:
    return founded(tmp_path_factory.mktemp("center"))


@pytest.fixture(scope="module")
def releases(center: Center) -> dict[str, Path]:
    """Two releases of the EOC edition and one of the full one, the older one already served."""
    center.commit("First")
    made = {"old": center.release("eoc", "old"), "full": center.release("full", "full")}
    shutil.copytree(made["old"], center.root / "first-deployment")
    ran = center.deploy("eoc", center.root / "first-deployment")
    assert ran.code == 0, ran.said
    center.commit("Second")
    return {**made, "new": center.release("eoc", "new")}


# --- a merge request --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("forge", FORGES)
def test_a_merge_request_is_annotated_and_fails_where_there_are_errors(center: Center, forge: str) -> None:
    center.commit("Any")
    machine = center.clone(f"check-{forge}")
    check = jobs(forge)["check"]
    clean = machine.run(check, TEARLINE_PROGRAM=TEARLINE)
    assert (clean.code, "::" in clean.out) == (0, False), clean.said
    (machine.work / "bulletins" / "b.md").write_text(
        bulletin("IB-2026-002", "Kestrel is not marked."), encoding="utf-8"
    )
    ran = machine.run(check, TEARLINE_PROGRAM=TEARLINE)
    assert ran.code == 1
    assert "kestrel" not in ran.said.lower()
    if forge == "github":
        assert "::error file=bulletins/b.md,line=6,col=1,title=TL101" in ran.out
    else:
        report = json.loads((machine.work / "gl-code-quality-report.json").read_bytes())
        assert [(one["check_name"], one["location"]["path"]) for one in report] == [
            ("unmarked-portion", "bulletins/b.md")
        ]
        assert "bulletins/b.md:6:1: TL101" in ran.err


# --- main -------------------------------------------------------------------------------------------------------


def test_each_edition_goes_from_its_build_to_its_server_and_back(center: Center, releases: dict[str, Path]) -> None:
    first = center.served("eoc")
    assert first == every_byte(releases["old"] / "site-eoc")
    shutil.copytree(releases["new"], center.root / "second-deployment")
    assert {path.name for path in (center.root / "second-deployment").iterdir()} == {
        "site-eoc", "site-eoc.manifest.json", "site-eoc.manifest.json.sig"
    }  # fmt: skip
    ran = center.deploy("eoc", center.root / "second-deployment")
    assert ran.code == 0, ran.said
    assert center.served("eoc") == every_byte(releases["new"] / "site-eoc") != first
    (center.root / "nothing").mkdir()
    ran = center.deploy("eoc", center.root / "nothing", "rollback")
    assert ran.code == 0, ran.said
    assert center.served("eoc") == first
    ran = center.deploy("full", releases["full"])
    assert ran.code == 0, ran.said
    assert files_saying(center.root / "server-full" / "www", "quagmire")
    assert files_saying(center.root / "server-eoc", "quagmire") == []


def test_what_a_building_job_leaves_has_no_key_and_no_source_in_it(center: Center, releases: dict[str, Path]) -> None:
    for edition, name in (("eoc", "old"), ("eoc", "new"), ("full", "full")):
        key = (center.root / "keys" / edition).read_bytes()
        left = every_byte(releases[name]) | every_byte(center.root / name)
        secret = key.splitlines()[2]
        assert not [path for path, data in left.items() if secret in data or center.key(edition).encode() in data]
    assert files_saying(releases["old"], "quagmire") == files_saying(releases["new"], "quagmire") == []


def _tampered(release: Path, _: dict[str, Path]) -> None:
    page = release / "site-eoc" / "2026" / "ib-2026-001" / "index.html"
    page.write_bytes(page.read_bytes().replace(b"words", b"sword"))


def _added(release: Path, _: dict[str, Path]) -> None:
    (release / "site-eoc" / "shell.php").write_text("x", encoding="utf-8")


def _full_instead(release: Path, made: dict[str, Path]) -> None:
    shutil.rmtree(release)
    shutil.copytree(made["full"], release)


def _full_by_another_name(release: Path, made: dict[str, Path]) -> None:
    shutil.rmtree(release)
    release.mkdir()
    for path in made["full"].iterdir():
        there = release / path.name.replace("full", "eoc")
        shutil.copytree(path, there) if path.is_dir() else shutil.copy(path, there)


def _full_pages(release: Path, made: dict[str, Path]) -> None:
    shutil.rmtree(release / "site-eoc")
    shutil.copytree(made["full"] / "site-full", release / "site-eoc")


def _stale(release: Path, made: dict[str, Path]) -> None:
    shutil.rmtree(release)
    shutil.copytree(made["old"], release)


def _older_manifest(release: Path, made: dict[str, Path]) -> None:
    for end in ("", ".sig"):
        shutil.copy(made["old"] / f"site-eoc.manifest.json{end}", release)


def _no_signature(release: Path, _: dict[str, Path]) -> None:
    (release / "site-eoc.manifest.json.sig").unlink()


def _no_manifest(release: Path, _: dict[str, Path]) -> None:
    (release / "site-eoc.manifest.json").unlink()


def _nothing(release: Path, _: dict[str, Path]) -> None:
    shutil.rmtree(release)
    release.mkdir()


def _other_signature(release: Path, made: dict[str, Path]) -> None:
    shutil.copy(made["full"] / "site-full.manifest.json.sig", release / "site-eoc.manifest.json.sig")


REFUSED: list[tuple[Callable[[Path, dict[str, Path]], None], str]] = [
    (_tampered, "TL408"),
    (_added, "TL410"),
    (_full_instead, "TL401"),
    (_full_by_another_name, "TL406"),
    (_full_pages, "TL40"),
    (_stale, "TL407"),
    (_older_manifest, "TL407"),
    (_no_signature, "TL403"),
    (_no_manifest, "TL401"),
    (_nothing, "TL401"),
    (_other_signature, "TL404"),
]


@pytest.mark.parametrize(("attack", "code"), REFUSED, ids=[one.__name__.strip("_") for one, _ in REFUSED])
def test_the_deploying_job_of_the_eoc_refuses(
    center: Center,
    releases: dict[str, Path],
    tmp_path: Path,
    attack: Callable[[Path, dict[str, Path]], None],
    code: str,
) -> None:
    center.deploy("eoc", shutil.copytree(releases["new"], tmp_path / "good"))
    before = center.served("eoc")
    attack(shutil.copytree(releases["new"], tmp_path / "work"), releases)
    ran = center.deploy("eoc", tmp_path / "work")
    assert (ran.code, code in ran.out) == (1, True), ran.said
    assert "what is served stays as it was" in ran.err
    assert "quagmire" not in ran.said.lower()
    assert center.served("eoc") == before


def test_a_deploying_job_without_a_target_or_signers_does_nothing(releases: dict[str, Path], center: Center) -> None:
    machine = Machine(releases["new"], f"{center.root / 'programs'}:/usr/bin:/bin")
    for given in ({}, {"TEARLINE_TARGET": str(center.root / "x")}, {"TEARLINE_TARGET": "", "TEARLINE_SIGNERS": ""}):
        ran = machine.run(JOBS["deploy-eoc"], **given)
        assert ran.code != 0
        assert "TEARLINE_" in ran.err
    assert not (center.root / "x").exists()


# --- keys -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("empty", "TEARLINE_KEY is not set"),
        ("not base64", "what `base64 -w0` makes"),
        ("half", "not a whole OpenSSH private key"),
        ("blank", "it is empty"),
        ("public", "not a whole OpenSSH private key"),
        ("the other edition's", "does not allow it for eoc"),
        ("no signers", "TEARLINE_ALLOWED_SIGNERS is not set"),
    ],
)
def test_a_build_without_its_own_whole_key_leaves_nothing(
    center: Center, releases: dict[str, Path], fault: str, said: str
) -> None:
    whole = (center.root / "keys" / "eoc").read_bytes()
    texts = {"half": whole[: len(whole) // 2], "blank": b"\n", "public": center.allowed.encode()}
    given = {"empty": "", "not base64": whole.decode(), "the other edition's": center.key("full")}
    given |= {name: base64.b64encode(text).decode() for name, text in texts.items()}
    variables = {"TEARLINE_ALLOWED_SIGNERS": ""} if fault == "no signers" else {"TEARLINE_KEY": given[fault]}
    machine, ran = center.build("eoc", f"fault-{fault.replace(' ', '-')}", **variables)
    assert ran.code == 2
    assert said in ran.err
    assert whole.splitlines()[2].decode() not in ran.said
    assert list(machine.temporary.iterdir()) == []
    assert not list(machine.work.glob("site-*"))


def test_the_documented_line_checks_a_release_without_this_program(center: Center, releases: dict[str, Path]) -> None:
    needed("ssh-keygen", package="openssh-client")
    documented = re.findall(
        r"^ssh-keygen -Y verify .*$", (ROOT / "docs" / "deployment.md").read_text("utf-8"), re.MULTILINE
    )
    assert len(documented) == 1
    work = shutil.copytree(releases["new"], center.root / "checked")
    shutil.copy(center.root / "server-eoc" / "signers", work / "signers")
    good = subprocess.run(["bash", "-c", documented[0]], cwd=work, capture_output=True, text=True, check=False)
    assert (good.returncode, 'Good "tearline-manifest" signature for eoc' in good.stdout) == (0, True), good.stderr
    manifest = work / "site-eoc.manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"passed": true', b'"passed": True'))
    assert subprocess.run(["bash", "-c", documented[0]], cwd=work, capture_output=True, check=False).returncode != 0
