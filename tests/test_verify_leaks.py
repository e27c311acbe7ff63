"""Every way of putting withheld words back into a built site is found; the site as it was built is silent."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from leaks import CODES, LEAKS, NAME, PHONE, PHRASE, PLATE, picture
from sites import bulletin, make_site, tearline
from tearline.findings import report
from tearline.verify import Question, read_settings, verify

BODY = f"""\
(U) Anglers reported strangers at the weir on Tuesday. See [the other one](IB-2026-003).

(U//LES) We know that {PHRASE} when {NAME} came by in {PLATE}.

(U//LES) Call {PHONE} or write to stoat@example.org about case BWSO-25-00713; ask for Núñez or Müßigbrodt, who has $14,350.

!!! tearline
    (U) Somebody was seen.

| (U) Where | When | (U//LES) Kept |
|---|---|---|
| (U) Weir | Monday | Basement |
| (U//LES) Locks | Tuesday | Attic |
| (U) Bridge | (U//LES) 02:47 | (U//LES) 17 |

(U) ![The weir](weir.png)
"""
SOURCES: dict[str, str | bytes] = {
    "2026/a-night-beside-the-water.md": bulletin(
        "IB-2026-001",
        BODY,
        "hazards: [flood, {marking: U//LES, value: dam-failure}]",
        "assets:",
        '  - {file: weir.png, marking: U, alt: "(U) The weir in spring"}',
        title="(U) Weir",
    ),
    "2026/weir.png": picture("PNG"),
    "2026/b.md": bulletin("IB-2026-003", "(U//FOUO) A second bulletin.", title="(U) Second"),
    "2026/d.md": bulletin("IB-2026-005", "(U) Words.", title="(U) Lantern"),
    "2026/c.md": bulletin("IB-2026-004", "(U//LES) A third one, of Wendeline Ostrander.", title="(U//LES) Third"),
}


# A name that says what is withheld is not repeated either.
NAMES = {
    "file name": "site-eoc/2026/(withheld name)",
    "encoded file name": "site-eoc/2026/(withheld name)",
    "folder name": "site-eoc/(withheld name)/index.html",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_site(tmp_path_factory.mktemp("leaks") / "site", SOURCES).parent
    for arguments in (["build"], ["stage", "--edition", "eoc", "--out", "stage"]):
        ran = tearline(*arguments, cwd=root)
        assert ran.code == 0, ran.said
    return root


def question(root: Path, site: Path) -> Question:
    settings = read_settings(root / "mkdocs.yml", "eoc")
    return Question(site, settings, root / "stage", root / "site-full", jobs=1, name=site.name)


def test_the_site_as_built_is_silent(built: Path) -> None:
    assert report(verify(question(built, built / "site-eoc")).findings) == ""
    settings = read_settings(built / "mkdocs.yml", "full")
    assert report(verify(Question(built / "site-full", settings, jobs=1)).findings) == ""


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_found_and_not_repeated(built: Path, tmp_path: Path, leak: str) -> None:
    site = shutil.copytree(built / "site-eoc", tmp_path / "site-eoc")
    where = LEAKS[leak](site)
    found = verify(question(built, site)).findings
    wanted = CODES.get(leak, {"TL302"})
    path = f"site-eoc/{where}"
    assert any(one.rule.code in wanted and one.place.path in (path, NAMES.get(leak)) for one in found), report(found)
    said = report(found).lower()
    assert not [
        word for word in ("herons", "quillfeather", "jorun", "abc123", "0167", "stoat", "00713") if word in said
    ]
