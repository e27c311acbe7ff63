"""The sentence, interrupted at every step: old sites stay, nothing is left behind, nothing is half there."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest

from sites import CONFIGURATION, NOON, NOW, Content, bulletin, every_byte, make_site, page, policy_of, rules, tearline
from tearline import build as sentence
from tearline import sites
from tearline.build import How, Outcome, build, check, stage_tree
from tearline.judging import JudgeError
from tearline.policy import Policy
from tearline.render import RenderError, Rendering
from tearline.swap import TargetError

SOURCES: dict[str, str | bytes] = {
    "a.md": bulletin("IB-2026-001", "(U) Words.\n\n(U//LES) Quagmire Lane is the place to be."),
    "about/us.md": page("We."),
}


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    return policy_of(make_site(tmp_path / "site", SOURCES))


def built(policy: Policy, out: Path, how: How = How()) -> Outcome:  # noqa: B008 - frozen
    return build(policy, list(policy.editions.values()), out, NOW, lambda _: None, how)


def left(out: Path) -> set[str]:
    return {path.name for path in out.iterdir()}


def test_both_sites_are_there_and_nothing_else(policy: Policy, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        outcome = built(policy, tmp_path / "new" / "out")
    finally:
        os.umask(before)
    out = tmp_path / "new" / "out"
    assert outcome.sites == [out / "site-eoc", out / "site-full"]
    assert left(out) == {f"site-{name}{end}" for name in ("eoc", "full") for end in ("", ".manifest.json")}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (out / "site-eoc", *(out / "site-eoc").rglob("*"))}
    assert modes == {0o755, 0o644}


def test_what_was_written_is_not_kept_in_memory_and_the_manifest_names_what_was_recalled(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recalled = bulletin("IB-2026-002", "(U) Sandbags.", "recalled: 2026-11-02")
    (policy.sources / "b.md").write_text(recalled, encoding="utf-8")
    made = []
    composed = sentence.composed
    monkeypatch.setattr(sentence, "composed", lambda *given, **more: made.append(composed(*given, **more)) or made[0])
    built(policy, tmp_path / "out")
    ((_, trees),) = made
    assert {name: (tree.files, tree.texts, tree.assets) for name, tree in trees.items()} == {
        "eoc": ({}, {}, {}),
        "full": ({}, {}, {}),
    }
    for name in trees:
        told = json.loads((tmp_path / "out" / f"site-{name}.manifest.json").read_bytes())
        assert told["recalled"] == ["2026/ib-2026-002/index.html"]


def test_whoever_watches_is_told_of_what_was_rendered_in_this_build(policy: Policy, tmp_path: Path) -> None:
    for _ in range(2):  # in a new tree, and in one that has all the pages already
        seen: list[tuple[int, int]] = []
        built(policy, tmp_path / "out", How(watch=lambda *told, seen=seen: seen.append(told)))  # type: ignore[misc]
        assert seen[-1] == (2, 2)
        assert max(seen) == (2, 2)
        (policy.root / "bulletins/a.md").write_text(bulletin("IB-2026-001", "(U) Other words."), encoding="utf-8")


def test_two_editions_are_indexed_at_once(policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = get_context("fork").Barrier(2, timeout=60)
    monkeypatch.setattr(sites, "index", lambda *_: (tmp_path / f"met {both.wait()}").touch())
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    built(policy, tmp_path / "out")
    assert {path.name for path in tmp_path.glob("met *")} == {"met 0", "met 1"}


@pytest.mark.parametrize(("step", "kind"), [("start_rendering", Rendering), ("start_judging", Content)])
@pytest.mark.parametrize("together", [True, False])
def test_large_editions_are_rendered_and_verified_one_after_the_other(  # noqa: PLR0913 - a row of the table
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, kind: Any, *, together: bool
) -> None:
    monkeypatch.setattr("tearline.render._COMMAND", ("-c", QUICK))
    monkeypatch.setattr(sites, "start_judging", Content)
    monkeypatch.setattr(sites, "_FEW", 2 if together else 1)  # one bulletin in each edition
    begin, finish = getattr(sites, step), kind.finish
    told: list[str] = []
    monkeypatch.setattr(sites, step, lambda *given, **more: told.append("begins") or begin(*given, **more))
    monkeypatch.setattr(kind, "finish", lambda *given: told.append("ends") or finish(*given))
    built(policy, tmp_path / "out")
    assert told == (["begins", "begins", "ends", "ends"] if together else ["begins", "ends"] * 2)


@pytest.mark.parametrize("little", [True, False])
def test_where_little_changed_large_editions_are_verified_at_once(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, little: bool
) -> None:
    monkeypatch.setattr("tearline.render._COMMAND", ("-c", QUICK))
    monkeypatch.setattr(sites, "start_judging", Content)
    monkeypatch.setattr(sites, "_FEW", 1)
    monkeypatch.setattr(sites, "_LITTLE", 2 if little else -1)  # a page of each edition
    source = policy.root / "bulletins" / "a.md"
    for _ in range(2):
        built(policy, tmp_path / "out")
        source.write_text(f"{source.read_text('utf-8')}\n(U) More.\n", encoding="utf-8")
    told: list[str] = []
    begin, finish = Content, Content.finish
    monkeypatch.setattr(sites, "start_judging", lambda *given, **more: told.append("begins") or begin(*given, **more))
    monkeypatch.setattr(Content, "finish", lambda *given: told.append("ends") or finish(*given))
    built(policy, tmp_path / "out")
    assert told == (["begins", "begins", "ends", "ends"] if little else ["begins", "ends"] * 2)


# What a renderer leaves, in no time.
QUICK = """\
import pathlib, sys
site = pathlib.Path(sys.argv[1])
site.mkdir(exist_ok=True)
(site / "404.html").write_text('<meta name="marking"><p class="tl-bar"></p><p class="tl-bar"></p>')
"""
STEPS = {
    "compose": sentence,
    "write": sites,
    "start_rendering": sites,
    "make_readable": sites,
    "start_judging": sites,
    "commit": sentence,
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError(28, "No space left on device"), MemoryError])
def test_a_step_that_fails_leaves_the_old_sites(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, fault: BaseException
) -> None:
    out = tmp_path / "out"
    for name in ("site-eoc", "site-full"):
        (out / name).mkdir(parents=True)
        (out / name / "404.html").write_text("old", encoding="utf-8")
    monkeypatch.setattr("tearline.render._COMMAND", ("-c", QUICK))
    monkeypatch.setattr(sites, "start_judging", Content)
    original = getattr(STEPS[step], step)
    calls: list[int] = []

    def failing(*arguments: object, **more: object) -> object:
        calls.append(1)
        if len(calls) == 2 or step in {"compose", "make_readable", "commit"}:  # else one edition is done
            raise fault
        return original(*arguments, **more)

    monkeypatch.setattr(STEPS[step], step, failing)
    with pytest.raises(fault if isinstance(fault, type) else type(fault)):
        built(policy, out)
    assert left(out) == {"site-eoc", "site-full"}
    assert every_byte(out / "site-eoc") == {"404.html": b"old"}


@pytest.mark.parametrize("name", ["bulletins/a.md", "mkdocs.yml", "overrides/new.css", "bulletins/new.md"])
def test_what_changes_while_it_is_built_is_built_again(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def edited(rendering: Rendering, *_: object, **__: object) -> Content:
        with (policy.root / name).open("a", encoding="utf-8") as file:
            file.write("\n")
        return Content(rendering)

    monkeypatch.setattr("tearline.render._COMMAND", ("-c", QUICK))
    monkeypatch.setattr(sites, "start_judging", edited)
    assert rules(built(policy, tmp_path / "out").findings) == ["sources-changed"]
    assert left(tmp_path / "out") == set()


def test_a_site_that_changes_after_its_verdict_is_not_published(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tampered(rendering: Rendering, *_: object, **__: object) -> Content:
        judged = Content(rendering)
        (rendering.site / "404.html").write_text("other", encoding="utf-8")
        return judged

    monkeypatch.setattr("tearline.render._COMMAND", ("-c", QUICK))
    monkeypatch.setattr(sites, "start_judging", tampered)
    assert set(rules(built(policy, tmp_path / "out").findings)) == {"file-changed"}
    assert left(tmp_path / "out") == set()


def test_a_site_that_changes_before_its_verdict_is_not_published(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tampered(rendering: Rendering, *_: object, **__: object) -> Content:
        (rendering.site / "404.html").write_text("other", encoding="utf-8")
        return Content(rendering)

    monkeypatch.setattr("tearline.render._COMMAND", ("-c", QUICK))
    monkeypatch.setattr(sites, "start_judging", tampered)
    assert set(rules(built(policy, tmp_path / "out").findings)) == {"file-changed"}
    assert left(tmp_path / "out") == set()


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "import os; os.kill(os.getpid(), 9)", "pass"])
def test_a_verifier_that_fails_leaves_the_old_sites(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr("tearline.render._COMMAND", ("-c", QUICK))
    monkeypatch.setattr("tearline.judging._FLAGS", ("-c", code))
    with pytest.raises(JudgeError):
        built(policy, tmp_path / "out")
    assert left(tmp_path / "out") == set()


def test_what_a_killed_verifier_leaves_goes_with_the_private_folder(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import os, tempfile; tempfile.mkdtemp(prefix='left-behind-'); os.kill(os.getpid(), 9)"
    monkeypatch.setattr("tearline.render._COMMAND", ("-c", QUICK))
    monkeypatch.setattr("tearline.judging._FLAGS", ("-c", code))
    with pytest.raises(JudgeError):
        built(policy, tmp_path / "out")
    assert not list(Path(gettempdir()).glob("left-behind-*"))
    assert left(tmp_path / "out") == set()


def test_a_renderer_that_fails_leaves_the_old_sites(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tearline.render._COMMAND", ("-c", "raise SystemExit(3)"))
    with pytest.raises(RenderError):
        built(policy, tmp_path / "out")
    assert left(tmp_path / "out") == set()


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("bulletins", "the sources overlap"),
        ("bulletins/2026", "the sources overlap"),
        ("overrides", "theme's folder overlap"),
        ("placeholder", "docs_dir overlap"),
    ],
)
def test_nothing_is_written_into_what_a_build_reads(policy: Policy, where: str, said: str) -> None:
    before = every_byte(policy.root)
    with pytest.raises(TargetError, match=said):
        built(policy, policy.root / where)
    with pytest.raises(TargetError, match=said):
        stage_tree(policy, policy.editions["eoc"], policy.root / where / "x", NOW, How())
    assert every_byte(policy.root) == before


def test_a_site_never_replaces_the_folder_it_is_made_from(tmp_path: Path) -> None:
    policy = policy_of(make_site(tmp_path / "site-eoc", SOURCES))
    with pytest.raises(TargetError, match="overlap"):
        built(policy, tmp_path)
    assert policy.path.exists()


def test_somebody_elses_folder_is_not_replaced(policy: Policy, tmp_path: Path) -> None:
    (tmp_path / "out" / "site-eoc").mkdir(parents=True)
    (tmp_path / "out" / "site-eoc" / "thesis.doc").write_text("x", encoding="utf-8")
    with pytest.raises(TargetError, match="not empty, and not a site"):
        built(policy, tmp_path / "out")
    with pytest.raises(TargetError, match="not a staged tree"):
        stage_tree(policy, policy.editions["eoc"], tmp_path / "out", NOW, How())
    assert (tmp_path / "out" / "site-eoc" / "thesis.doc").exists()


def test_a_staged_tree_replaces_an_older_one(policy: Policy, tmp_path: Path) -> None:
    for _ in range(2):
        stage_tree(policy, policy.editions["eoc"], tmp_path / "tree", NOW, How())
        assert left(tmp_path / "tree") == {"mkdocs.yml", "docs", "theme"}
    assert left(tmp_path) == {"site", "tree"}


# --- holding back ------------------------------------------------------------------------------------------------


def test_what_one_edition_cannot_render_is_held_back_from_all(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tearline.stage import Drafting
    from tearline.stage.composing import Composer

    original = Composer.emitted
    monkeypatch.setattr(Drafting, "__call__", lambda *_: b"")
    monkeypatch.setattr(
        Composer, "emitted", lambda self, *given: original(self, *given) if self.edition.sanitized else None
    )
    refused = stage_tree(policy, policy.editions["eoc"], tmp_path / "tree", NOW, How())
    assert refused.refused
    held = stage_tree(policy, policy.editions["eoc"], tmp_path / "tree", NOW, How(hold=True))
    assert held.held == ["bulletins/a.md"]
    assert not (tmp_path / "tree" / "docs" / "2026").exists()


def test_a_link_among_the_sources_is_held_back(policy: Policy, tmp_path: Path) -> None:
    (policy.sources / "link.png").symlink_to("x")
    assert stage_tree(policy, policy.editions["eoc"], tmp_path / "tree", NOW, How()).refused
    held = stage_tree(policy, policy.editions["eoc"], tmp_path / "tree", NOW, How(hold=True))
    assert (held.refused, held.held) == (False, ["bulletins/link.png"])


def test_where_everything_is_held_back_nothing_is_published(tmp_path: Path) -> None:
    config = make_site(tmp_path / "site", {"a.md": "junk"})
    (config.parent / "bulletins" / "index.md").unlink()
    outcome = stage_tree(policy_of(config), policy_of(config).editions["eoc"], tmp_path / "tree", NOW, How(hold=True))
    assert outcome.refused


def test_what_is_wrong_with_the_theme_cannot_be_held_back(policy: Policy, tmp_path: Path) -> None:
    (policy.custom_dir / "x.bak").write_text("x", encoding="utf-8")
    assert stage_tree(policy, policy.editions["eoc"], tmp_path / "tree", NOW, How(hold=True)).refused


def test_a_check_counts_what_it_read(policy: Policy) -> None:
    assert check(policy, [], NOW).checked == 3
    outcome = check(policy, [policy.sources / "a.md", policy.path], NOW)
    assert (outcome.checked, outcome.others) == (1, [policy.path])


# --- from outside --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_rendering_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    root = make_site(tmp_path / "site", SOURCES).parent
    code, said = stopped(root, number)
    assert code == 128 + number
    assert said.splitlines()[-1] == "tearline: stopped; every published site is whole, the old one or the new"
    assert "Traceback" not in said
    assert left(root) - {".tearline"} == {"bulletins", "mkdocs.yml", "overrides", "placeholder"}


def stopped(root: Path, number: signal.Signals) -> tuple[int, str]:
    """Send a signal once the renderers have started."""
    with subprocess.Popen(
        [sys.executable, "-m", "tearline", "build"],
        cwd=root,
        env={**os.environ, "SOURCE_DATE_EPOCH": NOON},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 60
        while not list(root.glob(".tearline-*/full-*/log")) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(number)
        return process.wait(60), process.stderr.read() if process.stderr else ""


def test_a_killed_build_is_swept_by_the_next(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site", SOURCES).parent
    assert stopped(root, signal.SIGKILL)[0] == -9
    (folder,) = root.glob(".tearline-*")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and list(root.glob(".tearline-*")):  # its renderers may take their time
        for path in root.glob(".tearline-*"):
            os.utime(path, (time.time() - 60,) * 2)
        ran = tearline("build", "--edition", "eoc", cwd=root)
        assert ran.code == 0, ran.said
    assert not folder.exists()


def test_two_builds_at_once_both_end_well(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site", SOURCES).parent
    command = [sys.executable, "-m", "tearline", "build", "--edition", "eoc"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": NOON}
    both = [subprocess.Popen(command, cwd=root, env=environment, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [one.wait(120) for one in both] == [0, 0]
    alone = every_byte(root / "site-eoc")
    assert tearline("build", "--edition", "eoc", cwd=root).code == 0
    assert every_byte(root / "site-eoc") == alone
    assert not list(root.glob(".tearline-*"))


def test_a_read_only_target_is_one_line(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    root = make_site(tmp_path / "site", SOURCES, CONFIGURATION).parent
    (tmp_path / "out").mkdir(mode=0o500)
    ran = tearline("build", "--out", tmp_path / "out", cwd=root)
    assert (ran.code, "cannot write" in ran.err) == (2, True)


@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", ">&- 2>&-", ">/dev/full 2>/dev/full"])
def test_a_build_that_can_tell_nobody_goes_on(tmp_path: Path, closed: str) -> None:
    root = make_site(tmp_path / "site", {"a.md": bulletin("IB-2026-001", "(U) One.")}).parent
    command = f"{sys.executable} -m tearline.cli build --edition eoc {closed}"
    ran = subprocess.run(["/bin/sh", "-c", command], cwd=root, check=False, timeout=300)
    assert (ran.returncode, (root / "site-eoc" / "index.html").is_file()) == (0, True)
