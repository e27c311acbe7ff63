"""Leaves: the blocks that hold no other blocks, paragraphs aside (see ``scanner``).

comment = "<!--" ... "-->"                  on lines of its own: an analyst's note, in no edition
heading = "#"{1,6} portion "#"*
fence   = run of ` or ~, language, 'title="' portion '"' ... the same run in the same column
table   = header row, row of dashes, rows; every row with outer pipes and as many cells as the header
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from tearline.bulletin.inlines import code_spans, report_marks
from tearline.bulletin.lines import BLANKS, Line, Lines
from tearline.bulletin.openers import FENCE, HEADING, opened
from tearline.bulletin.reading import Content
from tearline.bulletin.scanner import Body, Scanner
from tearline.bulletin.tree import Fence, Heading, Portion, Rule, Table
from tearline.marking import Mark

_COMMENT: Final = "<!--"
_OUTER_PIPES: Final = 2
_FENCE_INFO = re.compile(r"((?:(?!title=)[\w+#.-]++)?+)[ \t]*+(?:title=(\"[^\"]*+\"|“[^”]*+”|'[^']*+'))?+[ \t]*+$")
_PIPES = re.compile(r"(\\*)\|")
# What ends a comment for a browser and not for a reader of Markdown, or seems to open another one.
_UNCLEAR_COMMENT = re.compile(r"<!--|--!>|\A-?>")


def read_comment(scanner: Scanner, body: Body, index: int) -> int:
    """An analyst's note: in no edition. It stands alone and ends on a line of its own."""
    lines = body.lines
    end = next((i for i in range(index, len(lines)) if _close(lines[i], first=i == index) >= 0), len(lines))
    taken = lines[index : end + 1]
    scanner.claim(taken)
    if end == len(lines):
        scanner.reader.report("unclosed", lines[index].start)
        return end
    close = _close(lines[end], first=end == index)
    if lines[end].text[close + 3 :].strip():
        scanner.reader.report("raw-html", lines[end].start + close + 3)
    said = [line.text for line in taken]
    said[-1] = said[-1][:close]
    if _UNCLEAR_COMMENT.search("\n".join(said)[len(_COMMENT) :]):
        scanner.reader.report("raw-html", lines[index].start)
    return end + 1


def _close(line: Line, *, first: bool) -> int:
    return line.text.find("-->", len(_COMMENT) - 2 if first else 0)


def read_heading(scanner: Scanner, body: Body, index: int) -> int:
    """``## (U) Words``; closing hashes are decoration."""
    line = body.lines[index]
    hashes = HEADING.match(line.text)
    rank, skip = (len(hashes[1]), hashes.end()) if hashes else (1, 0)
    if not body.headings:
        scanner.reader.report("heading-place", line.start)
    scanner.claim([line])
    text = line.text.rstrip(BLANKS)
    bare = text.rstrip("#")
    if len(bare) <= skip or bare[-1] in BLANKS:
        text = bare.rstrip(BLANKS)
    body.found.append(Heading(rank, scanner.portion(Content.of(text[skip:], line.start + skip))))
    return index + 1


def read_rule(scanner: Scanner, body: Body, index: int) -> int:
    """A thematic break."""
    scanner.claim(body.lines[index : index + 1])
    body.found.append(Rule())
    return index + 1


def read_fence(scanner: Scanner, body: Body, index: int) -> int:
    """A code block; its mark stands in its title. Marks in the code are marks: such a log must be split."""
    lines, line = body.lines, body.lines[index]
    match = FENCE.match(line.text)
    run, info, skip = (match["run"], match["info"], match.start("info")) if match else ("```", "", 3)
    end = _fence_end(scanner, lines, index, run)
    scanner.claim(lines[index : end + 1])
    parts = _FENCE_INFO.match(info)
    if parts is None:
        scanner.reader.report("unsupported-markup", line.start)
    title = parts[2] or "" if parts else ""
    at = line.start + skip + (parts.start(2) + 1 if parts and title else 0)
    portion = scanner.portion(Content.of(title[1:-1], at), worded=False, mend='write ```text title="(U) Title"')
    code = [each.code(line.column) for each in lines[index + 1 : end]]
    _report_code(scanner, code, portion.mark)
    body.found.append(Fence(parts[1] if parts else "", portion, "\n".join(text for text, _ in code)))
    return end + 1


def _fence_end(scanner: Scanner, lines: Lines, index: int, run: str) -> int:
    """The index of the closing line.

    A line that closes for some readers and not for others (a longer run, another column) is a finding: what follows
    it would be inside the fence for the others.
    """
    for end in range(index + 1, len(lines)):
        text = lines[end].text.rstrip(BLANKS)
        if text.startswith(run) and not text.strip(run[0]):
            if text != run or lines[end].column != lines[index].column:
                scanner.reader.report("unclosed", lines[end].start)
            return end
    scanner.reader.report("unclosed", lines[index].start)
    return len(lines)


def _report_code(scanner: Scanner, code: list[tuple[str, int]], own: Mark | None) -> None:
    """Report the marks that stand in a code block."""
    pieces, length = [(0, 0)], 0
    for text, start in code:
        pieces.append((length, start))
        length += len(text) + 1
    content = Content("\n".join(text for text, _ in code), tuple(pieces))
    scanner.reader.measure(content.text, content.at(0))
    report_marks(content.text, content.at, scanner.reader, own)


def read_table(scanner: Scanner, body: Body, index: int) -> int:
    """A header, a row of dashes, and rows. The first cell's mark governs its row (in the header: the table)."""
    lines, end = body.lines, index
    while end < len(lines) and lines[end].text.startswith("|"):
        end += 1
    if end < len(lines) and not lines[end].blank and opened(lines, end) is None:
        scanner.reader.report("table-shape", lines[end].start)
    scanner.claim(lines[index:end])
    rows = [_cells(scanner, line) for line in lines[index:end]]
    for row, line in zip(rows, lines[index:end], strict=True):
        if len(row) != len(rows[0]):
            scanner.reader.report("table-shape", line.start)
    fitting = [row for row in rows[2:] if len(row) == len(rows[0])]
    align = tuple(_alignment(cell.text) for cell in rows[1])
    body.found.append(Table(_row(scanner, rows[0]), align, tuple(_row(scanner, row) for row in fitting)))
    return end


def _row(scanner: Scanner, cells: list[Content]) -> tuple[Portion, ...]:
    return tuple(scanner.portion(cell, marked=column == 0, worded=False) for column, cell in enumerate(cells))


def _cells(scanner: Scanner, line: Line) -> list[Content]:
    """A row's cells, between pipes that are not escaped.

    Readers differ on pipes in code spans and after several backslashes: those are a finding.
    """
    text = line.text.rstrip(BLANKS)
    pipes = [(match.end() - 1, len(match[1])) for match in _PIPES.finditer(text)]
    cuts = [at for at, slashes in pipes if not slashes]
    spans = code_spans(text)
    unclear = any(slashes > 1 for _, slashes in pipes) or (spans and _cuts_through(cuts, spans))
    if unclear or len(cuts) < _OUTER_PIPES or cuts[-1] != len(text) - 1:
        scanner.reader.report("table-shape", line.start)
        cuts.append(len(text))
    return [_cell(text[start + 1 : end], line.start + start + 1) for start, end in pairwise(cuts)]


def _cuts_through(cuts: list[int], spans: list[tuple[int, int]]) -> bool:
    inside = iter(spans)
    start, end = next(inside)
    for cut in cuts:
        while end <= cut:
            start, end = next(inside, (1 << 60, 1 << 60))
        if cut > start:
            return True
    return False


def _cell(typed: str, start: int) -> Content:
    """A cell's words; in a table an escaped pipe is a pipe."""
    cell = typed.strip(BLANKS)
    start += len(typed) - len(typed.lstrip(BLANKS))
    pieces, text, read = [(0, start)], "", 0
    for part in re.split(r"(\\\|)", cell):
        text += "|" if part == "\\|" else part
        read += len(part)
        pieces.append((len(text), start + read))
    return Content(text, tuple(pieces))


def _alignment(cell: str) -> str:
    left, right = cell.startswith(":"), cell.endswith(":")
    return "center" if left and right else "left" if left else "right" if right else ""
