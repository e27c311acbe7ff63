"""Where nothing has changed since the last build, nothing is done; whatever may have changed is built again."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sites import (
    CONFIGURATION,
    NOW,
    Content,
    bulletin,
    every_byte,
    make_site,
    page,
    policy_of,
    rules,
    tearline,
    trees_of,
)
from tearline import build as sentence
from tearline import judging, sites
from tearline.build import How, Outcome, build
from tearline.evidence import TICK, Evidence, disk_clock
from tearline.items import stamp
from tearline.keys import make_key
from tearline.policy import Policy
from tearline.stage import Tree
from tearline.unchanged import lasts
from tearline.verify.options import RECORD

SOURCES: dict[str, str | bytes] = {
    "a.md": bulletin("IB-2026-001", "(U) Words.\n\n(U//FOUO) Ask at the desk."),
    "b.md": bulletin("IB-2026-002", "(U) More.", "in_effect_until: 2026-11-23T14:00:00Z"),
    "about/us.md": page("We."),
}
QUICK = """\
import pathlib, sys
site = pathlib.Path(sys.argv[1])
(site / "a").mkdir(parents=True, exist_ok=True)
(site / "404.html").write_text('<meta name="marking">')
(site / "a" / "index.html").write_text('<meta name="marking">')
"""
Change = Callable[[Path, Path], object]


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Policy:
    """A site whose renderer and verifier take no time."""

    monkeypatch.setattr("tearline.render._COMMAND", ("-c", QUICK))
    monkeypatch.setattr(sites, "start_judging", Content)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    return policy_of(make_site(tmp_path / "site", SOURCES))


def built(policy: Policy, now: dt.datetime = NOW, how: How = How(), out: str = "out") -> Outcome:  # noqa: B008 - frozen
    editions = list(policy.editions.values())
    return build(policy, editions, policy.root.parent / out, now, lambda _: None, how)


def test_a_second_build_of_the_same_does_nothing_and_says_the_same(policy: Policy, tmp_path: Path) -> None:
    first = built(policy)
    told = {path: path.stat().st_ctime_ns for path in (tmp_path / "out").rglob("*")}
    assert not first.stays
    assert built(policy) == replace(first, stays=True)
    assert {path: path.stat().st_ctime_ns for path in (tmp_path / "out").rglob("*")} == told


def test_findings_are_told_again(policy: Policy) -> None:
    path = policy.sources / "a.md"
    path.write_text(path.read_text("utf-8") + "\n(S) Words.\n\n(U) Ask.\n", encoding="utf-8")
    first = built(policy, how=How(hold=True))
    again = built(policy, how=How(hold=True))
    assert (again.stays, again.held) == (True, ["bulletins/a.md"])
    assert rules(first.findings)
    assert again.findings == first.findings


def keeping_times(path: Path, old: bytes, new: bytes) -> None:
    """Write to a file as somebody who wants it not to be noticed."""
    told = path.stat()
    data = path.read_bytes()
    assert old in data
    assert len(old) == len(new)
    path.write_bytes(data.replace(old, new))
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))


def put(path: Path, text: str = "x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


CHANGES: Mapping[str, Change] = {
    "a mark of the same size": lambda root, _: keeping_times(root / "bulletins/a.md", b"(U//FOUO)", b"(U//LES) "),
    "a source more": lambda root, _: put(root / "bulletins/2026/c.md", bulletin("IB-2026-003", "(U) New.")),
    "a source less": lambda root, _: (root / "bulletins/b.md").unlink(),
    "a source renamed": lambda root, _: (root / "bulletins/b.md").rename(root / "bulletins/c.md"),
    "a source's mode": lambda root, _: (root / "bulletins/b.md").chmod(0o600),
    "a hidden file": lambda root, _: put(root / "bulletins/.picture.png"),
    "an empty folder": lambda root, _: (root / "bulletins/2027").mkdir(),
    "the theme": lambda root, _: put(root / "overrides/new.css"),
    "the configuration": lambda root, _: keeping_times(root / "mkdocs.yml", b"555-0100", b"555-0101"),
    "what was accepted": lambda root, _: put(root / RECORD, ""),
    "a published page": lambda _, out: keeping_times(out / "site-eoc/a/index.html", b"meta", b"META"),
    "a published page less": lambda _, out: (out / "site-eoc/a/index.html").unlink(),
    "a published page more": lambda _, out: put(out / "site-full/b/index.html"),
    "a published page's mode": lambda _, out: (out / "site-full/404.html").chmod(0o600),
    "a published folder's mode": lambda _, out: (out / "site-full").chmod(0o700),
    "a manifest": lambda _, out: keeping_times(out / "site-eoc.manifest.json", b"eoc", b"EOC"),
    "a manifest less": lambda _, out: (out / "site-eoc.manifest.json").unlink(),
    "a signature more": lambda _, out: put(out / "site-eoc.manifest.json.sig"),
    "a site less": lambda _, out: shutil.rmtree(out / "site-full"),
    "the record cut off": lambda root, _: spoil(root, lambda data: data[: len(data) // 2]),
    "the record changed": lambda root, _: spoil(root, lambda data: data[:4096] + bytes(one ^ 1 for one in data[4096:])),
    "the record empty": lambda root, _: spoil(root, lambda _: b""),
    "the record gone": lambda root, _: shutil.rmtree(root / ".tearline"),
}


def spoil(root: Path, how: Callable[[bytes], bytes]) -> None:
    path = root / ".tearline/full-side/builds.shelf"
    path.write_bytes(how(path.read_bytes()))


@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_is_built_again(policy: Policy, tmp_path: Path, name: str) -> None:
    built(policy)
    CHANGES[name](policy.root, tmp_path / "out")
    assert not built(policy_of(policy.path)).stays
    assert built(policy_of(policy.path)).stays


def test_what_is_published_is_whole_again(policy: Policy, tmp_path: Path) -> None:
    built(policy)
    whole = every_byte(tmp_path / "out")
    keeping_times(tmp_path / "out/site-eoc/a/index.html", b"meta", b"META")
    built(policy)
    assert every_byte(tmp_path / "out") == whole


def test_whatever_is_asked_for_otherwise_is_built(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    built(policy)
    assert not built(policy, out="other").stays
    assert not built(policy, how=How(strict=True)).stays
    assert not built(policy, how=How(hold=True)).stays
    assert not built(replace(policy, editions={"eoc": policy.editions["eoc"]})).stays
    for name in ("SOURCE_DATE_EPOCH", "TEARLINE_ACCEPT_KEY"):
        monkeypatch.setenv(name, "1795435200")
        assert not built(policy).stays
        assert built(policy).stays
    monkeypatch.setattr(sentence, "identity", lambda: "another version")
    assert not built(policy).stays


def test_another_build_s_sites_are_not_taken_for_ones_own(policy: Policy) -> None:
    built(policy, how=How(strict=True))
    built(policy)
    assert not built(policy, how=How(strict=True)).stays


def test_a_new_build_can_be_asked_for(policy: Policy) -> None:
    first = built(policy)
    assert built(policy, how=How(anew=True)) == first
    assert built(policy).stays


def test_another_key_signs_again(policy: Policy, tmp_path: Path) -> None:
    config = CONFIGURATION.replace("agency:", "signing: {key: ../key, signers: ../signers}\n      agency:")
    policy.path.write_text(config, encoding="utf-8")
    signatures = set()
    for _ in range(2):
        for name in ("key", "signers"):
            (tmp_path / name).unlink(missing_ok=True)
        make_key(tmp_path / "key", tmp_path / "signers", ["eoc", "full"])
        signed = policy_of(policy.path)
        assert not built(signed).stays
        assert built(signed).stays
        signatures.add((tmp_path / "out/site-eoc.manifest.json.sig").read_bytes())
    assert len(signatures) == 2


# --- what is interrupted, refused or racy ---------------------------------------------------------------------------


def test_a_build_that_was_stopped_leaves_no_record(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    built(policy)
    with monkeypatch.context() as patched:
        patched.setattr(sentence, "commit", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            built(policy, how=How(anew=True))
    assert not built(policy).stays


def test_a_build_that_was_refused_leaves_no_record(policy: Policy) -> None:
    built(policy)
    put(policy.sources / "c.md", bulletin("IB-2026-003", "(NOFRON) No."))
    assert built(policy).refused
    assert built(policy).refused


def test_what_changes_while_it_is_built_is_no_part_of_the_record(
    policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        original = sentence.commit

        def late(*given: object) -> None:  # after the last look at the sources
            keeping_times(policy.sources / "a.md", b"Words", b"Sword")
            original(*given)  # type: ignore[arg-type]

        patched.setattr(sentence, "commit", late)
        built(policy)
    assert not built(policy).stays


@pytest.mark.parametrize(("age", "noticed"), [(TICK + 1, False), (TICK, True), (0, True), (-TICK, True)])
def test_what_was_changed_just_before_it_was_looked_at_is_read(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    age: int,
    noticed: bool,  # noqa: FBT001 - the expectation
) -> None:
    path = tmp_path / "file"
    path.write_text("one", encoding="utf-8")
    told = path.stat()
    monkeypatch.setattr(Path, "stat", lambda _: told)  # a clock that stands still
    seen = Evidence.of([path], told.st_ctime_ns + age)
    assert seen.holds([path])
    path.write_text("two", encoding="utf-8")
    assert seen.holds([path]) is not noticed


def test_a_tree_that_is_moved_as_a_whole_is_the_same(tmp_path: Path) -> None:
    put(tmp_path / "a/b/c")
    (tmp_path / "a/link").symlink_to("nowhere")
    seen = Evidence.of([tmp_path / "a"], disk_clock(tmp_path))
    (tmp_path / "a").rename(tmp_path / "z")
    assert seen.holds([tmp_path / "z"])
    assert not seen.holds([tmp_path / "a"])


# --- time ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("later", "stays"),
    [
        (dt.timedelta(minutes=119), True),
        (dt.timedelta(hours=2), False),  # then an effect ends
        (dt.timedelta(seconds=-1), False),
    ],
)
def test_time_that_changes_a_page_makes_a_build(policy: Policy, later: dt.timedelta, stays: bool) -> None:  # noqa: FBT001
    built(policy)
    assert built(policy, NOW + later).stays is stays


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{text}Z")


@pytest.mark.parametrize(
    ("now", "zone", "turns", "until"),
    [
        (at("2026-11-23T12:00"), dt.UTC, [], at("2026-11-23T15:00")),
        (at("2026-11-23T22:00"), dt.UTC, [], at("2026-11-24T00:00")),
        (at("2026-11-23T12:00"), dt.timezone(dt.timedelta(hours=10)), [], at("2026-11-23T14:00")),
        (at("2026-11-23T12:00"), dt.UTC, ["2026-11-23T11:59", "2026-11-23T12:00"], at("2026-11-23T15:00")),
        (at("2026-11-23T12:00"), dt.UTC, ["2026-11-23T12:01", "2026-11-23T13:00"], at("2026-11-23T12:01")),
    ],
)
def test_pages_last_three_hours_a_day_or_until_something_happens(
    now: dt.datetime, zone: dt.tzinfo, turns: list[str], until: dt.datetime
) -> None:
    assert lasts(now, zone, map(at, turns)) == until


WHEN = st.sampled_from(["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-23T12:30:00Z", "2026-11-24T08:00:00-05:00"])
FRONT = st.fixed_dictionaries(
    {},
    optional={
        "date": WHEN,
        "in_effect_until": WHEN,
        "priority": st.sampled_from(["urgent", "routine"]),
        "revised": st.builds('[{{at: {}, change: "(U) More."}}]'.format, WHEN),
    },
)


@given(front=FRONT, hours=st.integers(-40, 60), later=st.integers(1, 60))
def test_before_the_next_turn_no_page_says_anything_else(
    tmp_path_factory: pytest.TempPathFactory, front: dict[str, str], hours: int, later: int
) -> None:
    now = NOW + dt.timedelta(hours=hours, seconds=7)  # nothing else is of that second
    sources = {"a.md": bulletin("IB-2026-001", "(U) Words.", *(f"{key}: {value}" for key, value in front.items()))}
    site = CONFIGURATION.replace("audience: sltt\n", "audience: sltt\n          site_url: https://eoc.example.org/\n")
    tree = trees_of(tmp_path_factory.mktemp("site"), sources, site, now)["eoc"]
    until = lasts(now, dt.UTC, [tree.turn] if tree.turn is not None else [])
    then = min(now + dt.timedelta(minutes=3 * later), until - dt.timedelta(seconds=1))
    other = trees_of(tmp_path_factory.mktemp("site"), sources, site, then)["eoc"]
    assert said(other, then) == said(tree, now)


def said(tree: Tree, now: dt.datetime) -> dict[str, object]:
    """Everything that a tree says, but when it was published; so does a feed of nothing but what is to come."""
    texts = {name: text.replace(stamp(now, dt.UTC), "published") for name, text in tree.texts.items()}
    home = {**tree.files["index.md"].told["tearline"], "published": ""}
    files = {name: (dict(file.told), file.body) for name, file in tree.files.items()}
    return {**files, "index.md": home, **texts, "mkdocs.yml": tree.configuration}


# --- through the command -------------------------------------------------------------------------------------------


def test_the_command_says_that_nothing_has_changed(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site", SOURCES).parent
    first = tearline("build", cwd=root)
    again = tearline("build", cwd=root)
    anew = tearline("build", "--anew", cwd=root)
    assert (first.code, again.code, anew.code) == (0, 0, 0), first.said + again.said + anew.said
    remark = "The manifests are unsigned, and `tearline publish` takes none: no signing key is configured"
    assert again.err.splitlines() == [
        "Nothing has changed since the build of Mon 23 November 2026, 12:00 UTC; the sites stay as they are",
        remark,
        f"Kept {root / 'site-eoc'}",
        f"Kept {root / 'site-full'}",
    ]
    assert anew.err == first.err
    assert "Nothing has changed" not in first.err


def test_the_record_of_accepted_repetitions_is_looked_for_where_the_verifier_does() -> None:
    assert Path(judging.RECORD) == RECORD
