"""Pages that make a careless reader slow: every kind of sign very often, nested, unclosed. A megabyte takes seconds."""

from __future__ import annotations

import base64
import random
import shutil
import time
from pathlib import Path
from typing import Final

import pytest

from sites import bulletin, make_site, tearline
from tearline.findings import report
from tearline.verify import Question, read_settings, verify

SIZE: Final = 1_000_000
LIMIT: Final = 10  # seconds of the processor
UNIT: Final = {
    "base64": "QUJD",
    "comments": "<!--",
    "numbers of characters": "&#" + "9" * 5000 + ";",
    "zeros": "&#" + "0" * 5000 + "65;",
    "less than": "<",
    "ampersands": "&",
    "ampersands of ampersands": "amp;",
    "percent": "%",
    "backslashes": "\\",
    "escapes of backslashes": "\\u005c",
    "boxes": "<div>",
    "bold words": "<b>x",
    "quotes": "\"'",
    "tags with open quotes": '<a href="',
    "attributes": "a b ",
    "scripts": "<script>",
    "styles": "<style>",
    "pictures": "<svg>",
    "lists of pages": "<nav>",
    "parentheses": "(U ",
    "labels": "U//A ",
    "backticks": "`",
    "blanks": " ",
    "digits": "5 ",
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_site(tmp_path_factory.mktemp("hangs") / "site", {"a.md": bulletin("IB-2026-001", "(U) Words.")}).parent
    for arguments in (["build"], ["stage", "--edition", "eoc", "--out", "stage"]):
        ran = tearline(*arguments, cwd=root)
        assert ran.code == 0, ran.said
    return root


def seconds(root: Path, folder: Path, markup: str, page: str = "index.html") -> tuple[float, str]:
    """How long it takes to verify the site with this in one of its pages, and what is found."""
    site = shutil.copytree(root / "site-eoc", folder / "site-eoc")
    path = site / page
    path.write_text(path.read_text(encoding="utf-8").replace("</article>", f"{markup}</article>"), encoding="utf-8")
    begun = time.process_time()
    found = verify(Question(site, read_settings(root / "mkdocs.yml", "eoc"), root / "stage", jobs=1)).findings
    return time.process_time() - begun, report(found)


@pytest.mark.parametrize("kind", UNIT)
def test_no_sign_makes_a_page_slow(built: Path, tmp_path: Path, kind: str) -> None:
    unit = UNIT[kind]
    took, _ = seconds(built, tmp_path, unit * (SIZE // len(unit)))
    assert took < LIMIT


def test_a_large_picture_in_a_page_is_read(built: Path, tmp_path: Path) -> None:
    data = base64.b64encode(random.Random(1).randbytes(SIZE)).decode()  # noqa: S311 - no secret
    took, _ = seconds(
        built, tmp_path, f'<img alt="" src="data:image/png;base64,{data}">', "2026/ib-2026-001/index.html"
    )
    assert took < LIMIT


def test_an_entity_that_is_no_character_hides_nothing(built: Path, tmp_path: Path) -> None:
    zeros, nines = "0" * 5000, "9" * 5000
    _, found = seconds(built, tmp_path, f"<p>Quill&#{zeros}102;eather &#{nines}; lantern</p>")
    assert "site/index.html" in found
    assert "TL305" in found
