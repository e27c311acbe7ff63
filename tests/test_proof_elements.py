"""Two readers of HTML give the same elements."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.proof.elements import _Tree, elements_of
from test_chips import converter
from test_plain import PIECES

TAGS = st.sampled_from(
    [
        *("<p>", "</p>", '<p class="a b">', "<b>", "</b>", "<br />", "<br>", "<br/>", "<p />", "</ p>", "<P>", "</P >", "< p>"),
        *('<a href="x" title="&amp;&quot;&#8617;">', "</a>", "<a href='x'>", "<a href=x>", '<a href="x"title="y">', "<a href>"),
        *('<a href="a&copy=b">', '<a href="&notit;">', '<a title="<b>">', '<a title=">">', '<a href="1" href="2">', '<a  href="x">'),
        *("<script>", "</script>", "<style>", "<!-- x -->", "<!x>", "<?php ?>", "<![CDATA[x]]>", "<", ">", "&", "&lt;", "&notit;"),
        *("words ", "\n", "&amp;amp;", "&#0;", "&#x26;", '"', "<span", "<li>", "</li>", "<td>", "</td>", "<h1>", "</h2>", "\x00"),
        *('<input checked="checked" type="checkbox" />', "<input disabled>", '<div class="x\ny">', "</div>", '<sup id="fnref:1">'),
    ]
)  # fmt: skip


def by_python(page: str) -> object:
    tree = _Tree()
    tree.feed(page)
    tree.close()
    return tree.root


@given(st.lists(TAGS, max_size=30).map("".join))
def test_any_markup_is_read_alike(page: str) -> None:
    assert elements_of(page) == by_python(page)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_what_markdown_writes_is_read_alike(text: str) -> None:
    page = converter().convert(text)
    assert elements_of(page) == by_python(page)


@pytest.mark.parametrize(
    ("page", "quick"), [('<p class="a">(U) &lt;x&gt;<br />y</p>', True), ("<p>a<!-- --></p>", False)]
)
def test_what_is_written_as_usual_is_read_quickly(page: str, quick: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    fed: list[str] = []
    monkeypatch.setattr(_Tree, "feed", lambda self, data: fed.append(data) or self.handle_data(data))
    elements_of(page)
    assert fed == ([] if quick else [page])
