"""Built bytes as readers and programs read them: decoded, opened, block by block."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from tearline.reading import UnreadableError, decoded, members, pieces_of, readings_of, text_of, words_of


def said(html: str) -> list[list[str]]:
    return [words_of(one) for piece in pieces_of(html, markup=True) for one in readings_of(piece, markup=True)]


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>seven <b>grey</b> herons</p>", ["seven", "grey", "herons"]),
        ("<p>7<b>ABC</b>123</p>", ["7abc123"]),
        ("<p>seven&nbsp;grey&#32;herons</p>", ["seven", "grey", "herons"]),
        ("<p>&amp;#115;even</p>", ["seven"]),
        ('<a title="seven grey">x</a>', ["seven", "grey"]),
        ("<a href='/seven-grey%20herons/'>x</a>", ["seven", "grey", "herons"]),
        ("<!-- seven grey -->", ["seven", "grey"]),
        ("<!-- seven grey", ["seven", "grey"]),
        ('<script>{"a": "\\u0073even"}</script>', ["a", "seven"]),
        ("<p>SEVEN \ufb01sh \uff17</p>", ["seven", "fish", "7"]),
        ("<p>sev\u00aden gr\u200bey</p>", ["seven", "grey"]),
        ("<p>John_Doe</p>", ["john_doe"]),
    ],
)
def test_what_hides_words_is_undone(html: str, words: list[str]) -> None:
    assert words in said(html)


def test_neighbouring_blocks_are_not_one_sentence() -> None:
    assert ["seven", "grey"] not in said("<td>seven</td><td>grey</td>")
    assert ["seven", "grey"] not in said("<p>seven</p>\n<p>grey</p>")


def test_text_without_markup_is_one_piece() -> None:
    assert list(pieces_of("a < b > c", markup=False)) == ["a < b > c"]


def test_compressed_members_are_opened_one_in_another() -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deep.txt", "seven")
    found = dict(members("a.gz", gzip.compress(inner.getvalue())))
    assert found["a.gz##deep.txt"] == b"seven"


@pytest.mark.parametrize("data", [b"\x1f\x8bjunk", gzip.compress(b"x" * 999)[:-9], b"PK\x03\x04junk"])
def test_what_cannot_be_opened_cannot_be_vouched_for(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        list(members("a", data))


def test_a_bomb_is_not_opened() -> None:
    bomb = gzip.compress(gzip.compress(gzip.compress(gzip.compress(gzip.compress(b"x")))))
    with pytest.raises(UnreadableError):
        list(members("a", bomb))
    with pytest.raises(UnreadableError):
        list(members("a", gzip.compress(bytes(65 << 20))))


def test_two_byte_text_is_read() -> None:
    assert text_of("seven".encode("utf-16")) == "seven"


def test_a_lone_percent_sign_stays() -> None:
    assert decoded("50% of it & more") == "50% of it & more"
