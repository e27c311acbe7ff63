"""What a staged page says: the texts of its front matter and of its blocks, without their markup.

    - (U) A **list** item   ->   (U) A **list** item, A **list** item

Markdown is not parsed, only taken apart where blocks can begin, so that every text is there, and some twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from tearline.verify.decoding import TAG
from tearline.verify.inline import inside
from tearline.verify.seen import attributes, blocks

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FRONT = re.compile(r"\A---\n(.*?)^---\n", re.DOTALL | re.MULTILINE)
_LINE = re.compile(r"[ ]*([a-z][a-z_]*):(?: (\S.*))?")
_WRITTEN = re.compile(r"\"[^\"\\\n]*\"")  # as nearly all texts are written, and YAML reads no other text in it
_TITLE = re.compile(r"^title: (.*(?:\n  .*)*)", re.MULTILINE)
_HEADING = re.compile(r"\s*(?:#[ ]*([^#\n].*?)(?:[ ]+#+)?(?:[ ]*\{[^{}\n]*\})?[ ]*$|(\S.*)\n=+[ ]*$)", re.MULTILINE)
_SPLIT = re.compile(r"\n(?=[ ]*(?:[-*+>|#]|[0-9]+[.)] |\[\^|:[ ]|\n|```))|(?<!\\)\||\n\n|[ ]{2,}\n")
_BOX = re.compile(r'^[ >]*(?:!!!|\?\?\?\+?|===[!+]?)[ ]*([\w -]*)(?:"(.*)")?[ ]*$', re.MULTILINE)
_FENCE = re.compile(r"^[ >]*(?:`{3,}|~{3,})[^\n]*?title=\"([^\"\n]*)\"[^\n]*$", re.MULTILINE)
_MARKUP = re.compile(r"^[ ]*(?:[-*+>#]+|[0-9]+[.)](?= )|:(?= )|\[[ xX]\](?= )|```\S*|\[\^[^\]]*\]:)[ ]*")
_MARK = re.compile(r"\([^()\n]{1,80}\)")
# Markdown that only pages may use.
_ATTRIBUTES = re.compile(r"\{:?[^{}\n]*\}")
_TIGHT = re.compile(r"(?<=\w)(?:\^{1,2}|~{1,2}|==)|(?<!\[)(?:\^{1,2}|~{1,2}|==)(?=\w)")  # around parts of words
_DRAWN = re.compile(r":[a-z][a-z0-9_+-]*:")  # a picture's short name
_REFERRED = re.compile(r"!?\[([^\[\]]*)\][ ]?\[[^\[\]]*\]")
_DEFINED = re.compile(r"^[ ]*\[[^\[\]\n]+\]:[ ]*<?([^\s<>]*)>?(?:\s+[\"'(]([^\"'()\n]*)[\"')])?", re.MULTILINE)


def staged(stage: Path, name: str) -> Path | None:
    """The staged source of a page of the site."""
    stem = name.removesuffix("index.html").rstrip("/")
    places = (f"{stem}.md", f"{stem}/index.md".lstrip("/")) if stem else ("index.md",)
    return next((stage / "docs" / one for one in places if (stage / "docs" / one).is_file()), None)


def front_texts(source: str) -> tuple[str, ...]:
    """The values of a staged page's front matter as they are written, and its lists of them as one text too."""
    return _told(source)[1]


def front_keys(source: str) -> frozenset[str]:
    """The keys of a staged page's front matter, on every level."""
    return _told(source)[0]


@lru_cache(maxsize=8)  # what is asked of one page, one after the other
def _told(source: str) -> tuple[frozenset[str], tuple[str, ...]]:
    front = _FRONT.match(source)
    keys: set[str] = set()
    if front is None:
        return frozenset(), ()
    try:
        values = tuple(_plain(front[1], keys))
    except ValueError:
        values = tuple(_values(yaml.compose(front[1], _Loader), keys))
    return frozenset(keys), values


def _plain(front: str, keys: set[str]) -> Iterator[str]:
    """The values of front matter whose lines are a key and JSON, much quicker. Raises ``ValueError`` for any other."""
    if "\\u" in front:  # YAML reads pairs of these otherwise
        raise ValueError
    for line in front.splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError
        keys.add(found[1])
        yield from _said(json.loads(found[2]), keys) if found[2] else ()


def _said(told: Any, keys: set[str]) -> Iterator[str]:
    """The values in data, as ``_values`` gives those below a node."""
    if isinstance(told, dict):
        keys.update(told)
        for inner in told.values():
            yield from _said(inner, keys)
    elif isinstance(told, list):
        for inner in told:
            yield from _said(inner, keys)
        if not any(isinstance(inner, dict | list) for inner in told):
            yield " ".join(map(_scalar, told))
    else:
        yield _scalar(told)


def _scalar(value: Any) -> str:
    """A value as it is written."""
    return value if isinstance(value, str) else json.dumps(value)


def body_texts(source: str) -> Iterator[str]:
    """The texts of a staged page's blocks, without their markup."""
    front = _FRONT.match(source)
    body = _FENCE.sub(r"\n\n\1\n\n", _BOX.sub(_opened, source[front.end() :] if front else source))
    for block in _SPLIT.split(body):
        once = _bare(block or "")
        seen = inside(_bare(once), _is_no_mark)
        if once[:1].isdigit():
            yield once  # a number that is typed into a heading
        if "(" in seen.visible:
            yield _MARK.sub("", seen.visible, count=1)
        yield seen.visible
        if once != block and block and "**" in block:
            yield inside(block, _is_no_mark).visible  # what looked like the sign of a list may be emphasis
        yield from seen.more
        yield from (alt for _, alt in seen.images)
        if block and ("&" in block or "\\" in block):
            yield block  # code shows entities and escapes as they are written
        yield from _freer(_bare(once))


def _freer(block: str) -> Iterator[str]:
    """What pages may write beside: lists of attributes, links by reference, tags."""
    if _TIGHT.search(block) or _DRAWN.search(block):
        yield inside(_TIGHT.sub("", _DRAWN.sub(" ", _ATTRIBUTES.sub(" ", block))), _is_no_mark).visible
    if "{" not in block and "[" not in block and "<" not in block:
        return
    for defined in _DEFINED.finditer(block):
        yield from filter(None, defined.groups())
    plainer = _REFERRED.sub(r"\1", _ATTRIBUTES.sub(" ", block))
    if plainer != block:
        yield inside(plainer, _is_no_mark).visible
    for one in (*_ATTRIBUTES.findall(block), *TAG.findall(plainer)):
        yield from attributes(f" {one}")
    if "<" in plainer:
        yield from blocks(plainer)


def _bare(block: str) -> str:
    """A block without the markup that begins it."""
    found = _MARKUP.match(block)
    return block[found.end() :] if found else block


def _is_no_mark(_target: str) -> None:
    return None


def _opened(found: re.Match[str]) -> str:
    """A box's title as a block of its own; without one it shows its kind."""
    return f"\n\n{found[2] if found[2] is not None else found[1].split(' ')[0]}\n\n"


def _values(node: yaml.Node | None, keys: set[str]) -> Iterator[str]:
    """The values below a node. Keys are put into ``keys``."""
    if isinstance(node, yaml.MappingNode):
        for key, inner in node.value:
            keys.add(str(key.value))
            yield from _values(inner, keys)
    elif isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from _values(inner, keys)
        if all(isinstance(inner, yaml.ScalarNode) for inner in node.value):
            yield " ".join(inner.value for inner in node.value)
    elif isinstance(node, yaml.ScalarNode):
        yield node.value


def title_of(source: str, name: str) -> str:
    """What a staged page is called: as it says, else as its first heading does, else ``name``, as its file is."""
    front = _FRONT.match(source)
    given = _TITLE.search(front[1]) if front else None
    if given and _WRITTEN.fullmatch(given[1]):
        return given[1][1:-1]
    if given:
        return str(yaml.load(f"title: {given[1]}", _Loader)["title"])  # noqa: S506 - safe, in C if there is one
    heading = _HEADING.match(source[front.end() :] if front else source)
    return inside(heading[1] or heading[2], lambda _: None).visible if heading else name
