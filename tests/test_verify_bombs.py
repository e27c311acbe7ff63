"""Files made to choke whoever opens them: each ends soon, in little memory, with a finding that names it."""

from __future__ import annotations

import gzip
import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path

import pytest

from hangs import LIMIT
from leaks import PHRASE, pdf, picture
from sites import CONFIGURATION
from tearline.verify.channels.contents import Text, Trouble
from tearline.verify.channels.table import contents
from tearline.verify.decoding import OVERLAP, PIECE, pieces

PLAIN = "Nothing of note"
BIG = 1 << 28  # bytes
MEMORY = 500  # MB of a process
READ = """
import resource, sys
from pathlib import Path
from tearline.verify.ledger import Origin, make_ledger
from tearline.verify.scan import Scanner
from tearline.verify.settings import read_settings
path = Path(sys.argv[1])
scanner = Scanner(make_ledger([(sys.argv[3], Origin("x.md", 1))]), read_settings(Path(sys.argv[2]), "eoc"))
print(*sorted({one.rule.name for one in scanner.bytes_of(path.name, path.read_bytes(), path.name)}))
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_maxrss // 1024, used.ru_utime + used.ru_stime)
"""


def zipped(*members: bytes, name: str = "a.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, member in enumerate(members):
            archive.writestr(f"{number}{name}", member)
    return out.getvalue()


def nested(depth: int, data: bytes) -> bytes:
    return zipped(nested(depth - 1, data), name="a.zip") if depth else data


def bomb() -> bytes:
    """Zeroes, packed: a small file that unpacks to a large one."""
    worker = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    return b"".join([*(worker.compress(block) for _ in range(BIG >> 20)), worker.flush()])


def chunked(*chunks: bytes) -> bytes:
    """A PNG with more chunks before its end."""
    whole = picture("PNG")
    more = b"".join(struct.pack(">I", len(one)) + b"zTXt" + one + bytes(4) for one in chunks)
    return whole[:-12] + more + whole[-12:]


def page(size: int) -> bytes:
    """A page of one line, with the phrase at its end."""
    line = "<p>word and <b>word</b> again &amp; again</p>"
    return f"<html><body>{line * (size // len(line))}<p>{PHRASE}</p></body></html>".encode()


def deep(size: int) -> bytes:
    return ("[" * size + json.dumps(PHRASE) + "]" * size).encode()


def script(size: int) -> bytes:
    """A script of one line."""
    line = "for(i=0;i<n;++i){a[i]=b(c,'word');d=e>f}"
    return f"{line * (size // len(line))}say('{PHRASE}')".encode()


def drawn(said: bytes) -> bytes:
    """A PDF with one more stream."""
    stream = b"9 0 obj <<>> stream\n" + zlib.compress(said, 1) + b"\nendstream\n%%EOF"
    return pdf(PLAIN).replace(b"%%EOF", stream)


TROUBLE = {"unreadable-file"}
METADATA = {"unreadable-file", "file-metadata"}
BOMBS = {
    "gzip": ("a.gz", bomb, TROUBLE),
    "gzip many times over": ("a.gz", lambda: bomb() * 20, TROUBLE),
    "gzip in very small members": ("a.gz", lambda: gzip.compress(b"x") * (1 << 20), TROUBLE),
    "zip": ("a.zip", lambda: zipped(*[bytes(1 << 24)] * 16), TROUBLE),
    "zip of very many": ("a.zip", lambda: zipped(*[b"x"] * 60_000), TROUBLE),
    "zip of zips": ("a.zip", lambda: zipped(*[zipped(bytes(1 << 24))] * 40, name="a.zip"), TROUBLE),
    "zip in zip in zip": ("a.zip", lambda: nested(3, zipped(PHRASE.encode())), {"withheld-words"}),
    "zip in too many zips": ("a.zip", lambda: nested(9, zipped(PHRASE.encode())), TROUBLE),
    "chunk of a PNG": ("a.png", lambda: chunked(bytes(1 << 22) + PHRASE.encode()), {"file-metadata", "withheld-words"}),
    "packed chunk of a PNG": ("a.png", lambda: chunked(b"x\0\0" + zlib.compress(bytes(BIG))), METADATA),
    "beginnings of streams in a PNG": ("a.png", lambda: chunked(b"x\x9c" * (1 << 20)), METADATA),
    "packed stream in a PDF": ("a.pdf", lambda: drawn(bytes(BIG)), TROUBLE),
    "streams without end in a PDF": ("a.pdf", lambda: pdf(PHRASE) + b"stream\n" * (1 << 20), {"withheld-words"}),
    "strings without end in a PDF": ("a.pdf", lambda: drawn(b"(\\(1" * (1 << 20)), TROUBLE),
    "numbers without end in a PDF": ("a.pdf", lambda: drawn(b"1." * (1 << 20) + b"a <" + b"00" * (1 << 20)), TROUBLE),
    "deep JSON": ("a.json", lambda: deep(1 << 22), {"withheld-words"}),
    "a page of one line": ("a.html", lambda: page(6 << 20), {"withheld-words"}),
    "a script of one line": ("a.js", lambda: script(6 << 20), {"withheld-words"}),
    "a page of one line that is larger than any": ("a.html", lambda: page(50 << 20), TROUBLE),
    "a script of one line that is larger than any": ("a.js", lambda: script(50 << 20), TROUBLE),
    "a text of capitals": ("a.txt", lambda: b"A" * (1 << 22) + b" " + PHRASE.encode(), {"withheld-words"}),
    "a page of open quotes": ("a.html", lambda: b'<a "' * (1 << 20) + PHRASE.encode(), {"withheld-words"}),
    "a page of open tags": ("a.html", lambda: b"<a " * (1 << 20) + PHRASE.encode(), {"withheld-words"}),
    "a page of ampersands": ("a.html", lambda: b"&amp;" * (1 << 20) + PHRASE.encode(), {"withheld-words"}),
    "larger than any file": ("a.txt", lambda: bytes(80 << 20), TROUBLE),
}


@pytest.mark.parametrize("what", BOMBS)
def test_no_file_takes_more_than_its_share(what: str, tmp_path: Path, configuration: Path) -> None:
    name, made, expected = BOMBS[what]
    (tmp_path / name).write_bytes(made())
    done = subprocess.run(
        [sys.executable, "-c", READ, tmp_path / name, configuration, PHRASE],
        capture_output=True,
        text=True,
        check=True,
    )
    rules, used = done.stdout.splitlines()
    memory, seconds = map(float, used.split())
    assert set(rules.split()) == expected
    assert done.stderr == ""
    assert memory < MEMORY
    assert seconds < LIMIT


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("site") / "mkdocs.yml"
    path.write_text(CONFIGURATION, encoding="utf-8")
    return path


def test_gzip_members_are_read_until_one_is_broken() -> None:
    data = gzip.compress(PHRASE.encode()) + gzip.compress(b"more")
    read = list(contents("a.gz", data[:-6]))
    assert any(isinstance(each, Text) and PHRASE in each.text for each in read)
    detail = "a gzip member that is broken or cut short"
    assert [each.detail for each in read if isinstance(each, Trouble)] == [detail]


def test_a_large_text_is_read_in_pieces_and_no_word_or_run_is_cut() -> None:
    said = " ".join(f"word{number}" for number in range(600_000))
    read = list(pieces(said))
    assert len(read) > 2
    assert {word for part in read for word in part.split()} == set(said.split())
    for before, after in pairwise(read):
        assert before[-(OVERLAP // 2) :] in after
    assert "".join(pieces("x" * 3 * PIECE))[:PIECE] == "x" * PIECE
    assert list(pieces("short")) == ["short"]
