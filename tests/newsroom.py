"""What tests about bulletins share: reading a body under a plain front matter, its tree as lines, its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tearline.bulletin.document import Bulletin, Reading, read_document
from tearline.bulletin.tree import (
    Block,
    Box,
    Break,
    Code,
    Emphasis,
    Fence,
    Heading,
    Image,
    Inline,
    InlinePortion,
    ItemList,
    Link,
    Note,
    NoteRef,
    Paragraph,
    Portion,
    Quote,
    Rule,
    Table,
    Tearline,
    Text,
)
from tearline.effective import Marked, effective_marks
from tearline.findings import Finding, in_order

CASES: Final = Path(__file__).parent / "cases"
HEAD: Final = (
    '---\nid: IB-2026-014\ntitle: "(U) Tee"\nassets:\n  - {file: gauge.png, marking: U, alt: "(U) Gauge"}\n---\n'
)
LINES: Final = HEAD.count("\n")


class Case(NamedTuple):
    """One golden case: what it is about, a body, and what is made of it."""

    title: str
    body: str
    expected: str


def cases(path: Path) -> list[Case]:
    """The cases of a golden file: title, body, expectation, each closed by a line with a full stop."""
    parts = path.read_text(encoding="utf-8").split("\n.\n")
    if len(parts) % 3 != 1 or parts[-1].strip():
        raise ValueError(path.name)
    rows = zip(parts[::3], parts[1::3], parts[2::3], strict=False)
    return [Case(title.strip(), body, expected) for title, body, expected in rows]


def read(body: str, *, before: str = "") -> Reading:
    """A body under a plain front matter, with ``before`` at the file's very beginning."""
    return read_document("a.md", (before + HEAD + body).encode(), "fouo-les")


def marked(reading: Reading) -> tuple[Marked | None, list[Finding]]:
    """The bulletin with its marks settled, and all findings."""
    if not isinstance(reading.document, Bulletin):
        return None, in_order(reading.findings)
    settled, found = effective_marks(reading.document)
    return settled, in_order([*reading.findings, *found])


def rules(body: str) -> list[str]:
    """The names of the rules that a body breaks, in order."""
    return [found.rule.name for found in marked(read(body))[1]]


def outline(body: str, *, before: str = "") -> str:
    """The findings by line and column of the body, then the tree: each portion with its effective mark."""
    settled, found = marked(read(body, before=before))
    lines = [f"! {one.place.line - LINES}:{one.place.column} {one.rule.name} {one.detail}".rstrip() for one in found]
    if settled is not None:
        notes = settled.bulletin.notes.values()
        lines += [line for block in (*settled.bulletin.blocks, *notes) for line in _block(block, settled)]
    return "\n".join(lines)


def spoken(bulletin: Bulletin) -> str:
    """All that a bulletin says, targets and titles of links included."""
    texts = [said(portion.inlines) for portion in bulletin.portions()]
    blocks = [*bulletin.blocks, *bulletin.notes.values()]
    return "\n".join([*texts, *(one.code for one in _fences(blocks)), *(f"[^{label}]" for label in bulletin.notes)])


def _fences(blocks: Iterable[object]) -> Iterator[Fence]:
    for block in blocks:
        if isinstance(block, Fence):
            yield block
        yield from _fences(getattr(block, "children", ()))
        yield from _fences(getattr(block, "items", ()))


def _block(block: Block, settled: Marked) -> Iterator[str]:
    match block:
        case Heading(rank=rank, portion=portion):
            yield f"h{rank} {_portion(portion, settled)}"
        case Paragraph(portion=portion):
            yield _portion(portion, settled)
        case ItemList(items=items):
            for number, item in enumerate(items, start=block.start):
                yield f"{f'{number}.' if block.ordered else '-'} {_portion(item.portion, settled)}"
                yield from _inside(item.children, settled)
        case Quote(children=children):
            yield ">"
            yield from _inside(children, settled)
        case Box(title=title, children=children):
            yield f"{block.opener} {block.kind} {_portion(title, settled) if title else ''}".rstrip()
            yield from _inside(children, settled)
        case Tearline(children=children):
            yield "tearline"
            yield from _inside(children, settled)
        case Note(label=label, children=children):
            yield f"note {label}"
            yield from _inside(children, settled)
        case _:
            yield from _leaf(block, settled)


def _leaf(block: Block, settled: Marked) -> Iterator[str]:
    match block:
        case Table(header=header, align=align, rows=rows):
            yield f"table {' '.join(one or '-' for one in align)}"
            for row in (header, *rows):
                yield "    " + " | ".join(_portion(cell, settled) for cell in row)
        case Fence(language=language, portion=portion, code=code):
            yield f"code {language or '-'} {_portion(portion, settled)}"
            yield from (f"    {line}".rstrip() for line in code.split("\n"))
        case Rule():
            yield "rule"
        case _:
            raise TypeError(block)


def _inside(blocks: Iterable[Block], settled: Marked) -> Iterator[str]:
    return (f"    {line}" for block in blocks for line in _block(block, settled))


def _portion(portion: Portion, settled: Marked) -> str:
    known = settled.effective.get(portion.number)
    mark = str(known.mark) if known else "?"
    ordinal = f"#{portion.ordinal} " if portion.ordinal else ""
    return f"{ordinal}({mark}) {said(portion.inlines)}".rstrip()


def said(inlines: Iterable[Inline]) -> str:
    """Inlines with their structure in sight."""
    return "".join(_inline(one) for one in inlines)


def _inline(inline: Inline) -> str:
    match inline:
        case Text(words=words):
            return words
        case Code(words=words):
            return f"<code {words}>"
        case Emphasis(strong=strong, children=children):
            return f"<{'strong' if strong else 'em'} {said(children)}>"
        case Link(target=target, title=title, children=children):
            return f"<link {target} {title!r} {said(children)}>" if title else f"<link {target} {said(children)}>"
        case Image(file=file, alt=alt):
            return f"<image {file} {alt}>"
        case NoteRef(label=label):
            return f"<note {label}>"
        case Break():
            return "<break>"
        case InlinePortion(mark=mark, children=children, replacement=words):
            return f"<{mark} {said(children)} | {said(words)}>" if words else f"<{mark} {said(children)}>"
