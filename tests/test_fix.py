"""Rewriting: spelling changes, and nothing else does."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from sites import bulletin, make_site, policy_of
from tearline.fix import Fixed, fixed, rewritten
from tearline.policy import Policy

TYPED = bulletin("IB-2026-001", "(u) Words.\n\n- (FOUO) Words.\n- (U//FOUO//LES) Words.")
MENDED = bulletin("IB-2026-001", "(U) Words.\n\n- (U//FOUO) Words.\n- (U//LES) Words.")


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    return policy_of(make_site(tmp_path / "site", {"a.md": TYPED}))


def test_aliases_become_official(policy: Policy) -> None:
    assert fixed(policy, [], write=True) == [Fixed("bulletins/a.md", 3)]
    assert (policy.sources / "a.md").read_text(encoding="utf-8") == MENDED
    assert fixed(policy, [], write=True) == []


def test_a_dry_run_writes_nothing(policy: Policy) -> None:
    assert fixed(policy, [], write=False) == [Fixed("bulletins/a.md", 3)]
    assert (policy.sources / "a.md").read_text(encoding="utf-8") == TYPED


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_and_byte_order_marks_stay(bom: str, end: str) -> None:
    data = (bom + TYPED.replace("\n", end)).encode()
    assert rewritten(data, "a.md", "fouo-les") == ((bom + MENDED.replace("\n", end)).encode(), 3)


def test_mixed_line_ends_stay_where_they_are() -> None:
    mixed = TYPED.replace("(u) Words.\n", "(u) Words.\r\n")
    text, count = rewritten(mixed.encode(), "a.md", "fouo-les")
    assert count == 3
    assert text.decode() == MENDED.replace("(U) Words.\n", "(U) Words.\r\n")


def test_texts_that_yaml_would_cut_are_put_in_quotes() -> None:
    typed = TYPED.replace('"(U) A title"', "(U) Surge #4: what to do")
    text, count = rewritten(typed.encode(), "a.md", "fouo-les")
    assert count == 4
    assert "title: '(U) Surge #4: what to do'\n" in text.decode()


def test_permissions_stay(policy: Policy) -> None:
    path = policy.sources / "a.md"
    path.chmod(0o640)
    fixed(policy, [], write=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_cannot_be_changed_is_said_and_stays(policy: Policy, tmp_path: Path) -> None:
    path = policy.sources / "a.md"
    path.chmod(0o440)
    (policy.sources / "big.md").write_bytes(b"(u) x\n" * 500_000)
    (policy.sources / "binary.md").write_bytes(b"\xff\x00(u) x")
    (policy.sources / "link.md").symlink_to(tmp_path / "elsewhere.md")
    (tmp_path / "elsewhere.md").write_text(TYPED, encoding="utf-8")
    (policy.sources / "notes.txt").write_text("x", encoding="utf-8")
    done = {one.shown: one.problem for one in fixed(policy, [policy.sources, policy.sources / "notes.txt"], write=True)}
    assert done == {
        "bulletins/a.md": "read-only, left as it is",
        "bulletins/big.md": "too large",
        "bulletins/link.md": "not a plain file, left as it is",
        str(policy.sources / "notes.txt"): "not a Markdown file",
    }
    assert path.read_text(encoding="utf-8") == TYPED
    assert (tmp_path / "elsewhere.md").read_text(encoding="utf-8") == TYPED
    assert not [one for one in policy.sources.iterdir() if one.name.startswith(".tearline")]


def test_a_refused_document_is_mended_where_it_can_be() -> None:
    text, count = rewritten(TYPED.replace("- (FOUO)", "Unmarked.\n\n- (FOUO)").encode(), "a.md", "fouo-les")
    assert count == 3
    assert b"- (U//FOUO)" in text


def test_a_rewriting_that_would_change_a_mark_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    from tearline import fix

    monkeypatch.setattr(fix, "_spelled", lambda line, *_: line.replace("(u)", "(U//LES)"))
    assert rewritten(TYPED.encode(), "a.md", "fouo-les") == (TYPED.encode(), 0)


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("(u) North: yes", "'(U) North: yes'"),
        ("(FOUO) It is #4", "'(U//FOUO) It is #4'"),
        ("'(u) Don''t'", "'(U) Don''t'"),
        ('"(u) Words"', '"(U) Words"'),
        ("(u) Words", "(U) Words"),
    ],
)
def test_a_mark_and_its_quotes_are_mended_together_and_once(typed: str, mended: str) -> None:
    data = MENDED.replace('"(U) A title"', typed).encode()
    text, _ = rewritten(data, "a.md", "fouo-les")
    assert f"title: {mended}\n" in text.decode()
    assert rewritten(text, "a.md", "fouo-les") == (text, 0)
