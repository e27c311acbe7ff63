"""The command line as somebody meets it who does everything wrong: one line, the right code, nothing touched."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sites import bulletin, make_site, tearline

GOOD = bulletin("IB-2026-001", "(U) Words for everybody.\n\n(U//LES) Words about Quagmire Lane.")
BAD = bulletin("IB-2026-002", "(U) Fine.\n\nThe informant lives at Quagmire Lane.")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    make_site(tmp_path / "site", {"2026/a.md": GOOD})
    return tmp_path / "site"


def test_a_clean_tree_is_done(site: Path) -> None:
    ran = tearline("check", cwd=site)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "No findings. 2 documents checked.\n"


def test_a_finding_names_place_rule_and_mend_and_never_the_words(site: Path) -> None:
    (site / "bulletins" / "2026" / "b.md").write_text(BAD, encoding="utf-8")
    ran = tearline("check", cwd=site)
    assert ran.code == 1
    assert ran.out == (
        "bulletins/2026/b.md:8:1: TL101 unmarked-portion: This block has no portion mark. "
        "Open it with its mark, for example (U). [IB-2026-002 ¶2]\n"
    )
    assert "Quagmire" not in ran.said


def test_show_adds_the_line_and_a_caret(site: Path) -> None:
    (site / "bulletins" / "2026" / "b.md").write_text(BAD, encoding="utf-8")
    ran = tearline("check", "--show", "bulletins/2026/b.md", cwd=site)
    assert "    The informant lives at Quagmire Lane.\n    ^\n" in ran.out


@pytest.mark.parametrize("form", ["json", "sarif", "github", "gitlab"])
def test_machine_forms_keep_their_words_to_themselves(site: Path, form: str) -> None:
    (site / "bulletins" / "2026" / "b.md").write_text(BAD, encoding="utf-8")
    ran = tearline("check", "--format", form, cwd=site)
    assert ran.code == 1
    assert "Quagmire" not in ran.said
    if form != "github":
        json.loads(ran.out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "no-such.md"], "no such file or folder"),
        (["check", "-f", "no-such.yml"], "TL201"),
        (["build", "--edition", "swat"], "unknown edition; the configuration has eoc, full"),
        (["build", "--edition", ""], "unknown edition"),
        (["build", "--nonsense"], "No such option"),
        (["stage", "--edition", "eoc"], "Missing option '--out'"),
        (["stage", "--edition", "eoc", "--out", "bulletins"], "the sources overlap"),
        (["stage", "--edition", "eoc", "--out", "placeholder"], "docs_dir overlap"),
        (["check", "mkdocs.yml"], "no Markdown file"),
        (["build", "--out", "mkdocs.yml/x"], "cannot write"),
        (["nonsense"], "No such command"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(site: Path, arguments: list[str], said: str) -> None:
    ran = tearline(*arguments, cwd=site)
    assert ran.code == 2
    assert said in ran.said
    assert "Traceback" not in ran.said
    assert (site / "bulletins" / "2026" / "a.md").read_text(encoding="utf-8") == GOOD


@pytest.mark.parametrize(("value", "said"), [("", "edition"), ("swat", "edition")])
def test_an_empty_or_unknown_edition_in_the_environment_is_refused(site: Path, value: str, said: str) -> None:
    ran = tearline("check", cwd=site, TEARLINE_EDITION=value)
    assert ran.code == 2
    assert said in ran.said


def test_an_empty_tree_is_refused(tmp_path: Path) -> None:
    config = make_site(tmp_path / "site", {})
    (config.parent / "bulletins" / "index.md").unlink()
    ran = tearline("build", cwd=config.parent)
    assert ran.code == 1
    assert "TL149" in ran.out


def test_without_sources_nothing_is_built(site: Path) -> None:
    (site / "bulletins").rename(site / "elsewhere")
    ran = tearline("build", cwd=site)
    assert ran.code == 1
    assert not (site / "site-eoc").exists()


def test_links_special_files_and_odd_names_are_findings(site: Path) -> None:
    folder = site / "bulletins"
    (folder / "link.md").symlink_to("/etc/hostname")
    (folder / "everything").symlink_to("/etc")
    os.mkfifo(folder / "pipe.md")
    (folder / os.fsdecode(b"odd-\xff\n\x1b[31m.md")).write_text("junk", encoding="utf-8")
    ran = tearline("check", cwd=site)
    assert ran.code == 1
    assert ran.out.count("TL144") == 3
    assert "\x1b" not in ran.said
    assert all(line.startswith("bulletins/") for line in ran.out.splitlines())


def test_a_target_that_cannot_be_written_leaves_the_old_site(site: Path) -> None:
    (site / "site-eoc").write_text("somebody's file", encoding="utf-8")
    ran = tearline("build", "--edition", "eoc", cwd=site)
    assert ran.code == 2
    assert "is not a folder" in ran.err
    assert (site / "site-eoc").read_text(encoding="utf-8") == "somebody's file"
    assert not [path for path in site.iterdir() if path.name.startswith(".tearline-")]


@pytest.mark.parametrize("command", ["check", "fix", "stage", "build"])
def test_every_command_has_help(site: Path, command: str) -> None:
    ran = tearline(command, "--help", cwd=site)
    assert ran.code == 0
    assert "--config-file" in ran.out


def test_fix_rewrites_spelling_and_quotes_and_nothing_else(site: Path) -> None:
    path = site / "bulletins" / "2026" / "c.md"
    typed = (
        "\ufeff---\r\nid: IB-2026-003\r\ntitle: (U) Surge #4: what to do\r\nmarking: u//les\r\n---\r\n\r\n"
        "(u) Lower case.\r\n\r\n- (FOUO) Alias.\r\n- **(U//FOUO//LES)** Both.\r\n"
    )
    path.write_bytes(typed.encode("utf-8"))
    assert tearline("check", str(path), cwd=site).code == 1
    assert "5 rewritings" in tearline("fix", "--dry-run", cwd=site).out
    assert path.read_bytes() == typed.encode("utf-8")
    assert tearline("fix", cwd=site).code == 0
    assert path.read_bytes().decode("utf-8") == (
        "\ufeff---\r\nid: IB-2026-003\r\ntitle: '(U) Surge #4: what to do'\r\nmarking: U//LES\r\n---\r\n\r\n"
        "(U) Lower case.\r\n\r\n- (U//FOUO) Alias.\r\n- (U//LES) Both.\r\n"
    )
    assert tearline("check", str(path), cwd=site).said == "No findings. 1 document checked.\n"
    assert tearline("fix", cwd=site).err == "Rewrote 0 files\n"
