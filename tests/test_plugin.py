"""MkDocs the ordinary way: the same pages, one edition, least privilege, readable messages, nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sites import CONFIGURATION, NOON, bulletin, every_byte, files_saying, make_site, page, tearline

SOURCES: dict[str, str | bytes] = {
    "a.md": bulletin("IB-2026-001", "(U) Sparrow.\n\n(U//LES) Quagmire."),
    "about/us.md": page("We."),
}
URLS = CONFIGURATION.replace("audience: sltt", "audience: sltt\n          site_url: https://eoc.example.org/sub/")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site", SOURCES).parent


def mkdocs(root: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    temporary = root.parent / "tmp"
    temporary.mkdir(exist_ok=True)
    ran = tearline(*arguments, cwd=root, program="mkdocs", TMPDIR=str(temporary), **environment)
    assert list(temporary.iterdir()) == []
    assert "Traceback" not in ran.said
    return ran.code, ran.said


def test_one_edition_is_built_where_previews_go(root: Path) -> None:
    assert mkdocs(root, "build", "--quiet") == (0, "")
    assert {path.name for path in (root / ".preview").iterdir()} == {"eoc"}
    assert files_saying(root / ".preview", "quagmire") == []
    assert mkdocs(root, "build", "--quiet", TEARLINE_EDITION="full") == (0, "")
    assert {path.name for path in (root / ".preview").iterdir()} == {"eoc", "full"}
    assert files_saying(root / ".preview" / "full", "quagmire")
    assert files_saying(root / ".preview" / "eoc", "quagmire") == []


def test_another_folder_may_be_named(root: Path, tmp_path: Path) -> None:
    assert mkdocs(root, "build", "--quiet", "-d", str(tmp_path / "other"))[0] == 0
    assert (tmp_path / "other" / "eoc" / "index.html").exists()


@pytest.mark.parametrize(
    ("folder", "said"),
    [("site-eoc", "what `tearline build` publishes"), ("bulletins/q", "sources overlap"), ("overrides", "overlap")],
)
def test_a_preview_never_goes_where_it_would_do_harm(root: Path, folder: str, said: str) -> None:
    before = every_byte(root)
    code, text = mkdocs(root, "build", "-d", folder)
    assert code == 1
    assert said in text
    assert every_byte(root) == before


def test_a_clean_site_is_strictly_clean(root: Path) -> None:
    assert mkdocs(root, "build", "--strict", "--quiet") == (0, "")


def test_warnings_end_a_strict_build(root: Path) -> None:
    (root / "bulletins" / "b.md").write_text(bulletin("IB-2026-002", "(u) Words."), encoding="utf-8")
    assert mkdocs(root, "build", "--quiet")[0] == 0
    code, said = mkdocs(root, "build", "--strict", "--quiet")
    assert code == 1
    assert "TL103" in said


def test_a_refused_document_is_one_message_and_no_site(root: Path) -> None:
    (root / "bulletins" / "b.md").write_text(bulletin("IB-2026-002", "The informant."), encoding="utf-8")
    code, said = mkdocs(root, "build")
    assert code == 1
    assert "TL101 unmarked-portion" in said
    assert "the sources are refused" in said
    assert "informant" not in said
    assert not (root / ".preview").exists()


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"TEARLINE_EDITION": ""}, "the configuration is refused"),
        ({"TEARLINE_EDITION": "swat"}, "no such edition"),
        ({"SOURCE_DATE_EPOCH": "soon"}, "not a number of seconds"),
        ({"TMPDIR": "/nonexistent"}, ""),
    ],
)
def test_what_is_wrong_is_one_message(root: Path, environment: dict[str, str], said: str) -> None:
    ran = tearline("build", "--quiet", cwd=root, program="mkdocs", **environment)
    assert "Traceback" not in ran.said
    assert said in ran.said
    assert ran.code == (1 if said else 0)  # where TMPDIR is not there, Python takes another


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(root: Path, temporary: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    address = f"127.0.0.1:{free_port()}"
    temporary.mkdir()
    environment = {**os.environ, "SOURCE_DATE_EPOCH": NOON, "NO_MKDOCS_2_WARNING": "1", "TMPDIR": str(temporary)}
    with (temporary.parent / "log").open("wb") as log:
        command = [sys.executable, "-m", "mkdocs", "serve", "-a", address]
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)
    try:
        yield process, f"http://{address}/sub/"
    finally:
        process.kill()
        process.wait()


def fetched(address: str, words: str) -> str:
    """The page, once it says these words."""
    deadline = time.monotonic() + 60
    text = ""
    while words not in text:
        assert time.monotonic() < deadline, text
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own server
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode()
        except OSError:
            time.sleep(0.2)
    return text


def test_a_served_preview_follows_its_sources_and_leaves_nothing(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site", SOURCES, f"site_url: https://example.org/sub/\n{URLS}").parent
    with served(root, tmp_path / "tmp") as (process, address):
        page_address = f"{address}2026/ib-2026-001/"
        assert "Quagmire" not in fetched(page_address, "Sparrow")
        assert "There is no page here" in fetched(f"{address}nothing/", "There is no page")
        source = root / "bulletins" / "a.md"
        source.write_text(source.read_text(encoding="utf-8").replace("Sparrow", "Starling"), encoding="utf-8")
        assert "Quagmire" not in fetched(page_address, "Starling")
        time.sleep(1)
        assert (tmp_path / "log").read_text(encoding="utf-8").count("Building documentation") == 2
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not (root / ".preview").exists()
