"""A result on one page: kinds of withheld place, encodings, and the verdict. It names places, never canaries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tearline.selftest import Result

_SHOWN: Final = 8  # findings of a refused build
_MARKS: Final = 8
_WIDTH: Final = 30


def page(result: Result) -> str:
    """The page, ready to print."""
    return "\n".join([*_head(result), *_places(result), *_encodings(result), *_refusals(result), _verdict(result), ""])


def _head(result: Result) -> Iterator[str]:
    yield f"Self-test of edition {result.edition}, seed {result.seed}"
    more = f" and {len(result.marks) - _MARKS} more" if len(result.marks) > _MARKS else ""
    yield f"Withheld marks, among others in use: {', '.join(result.marks[:_MARKS])}{more}"
    yield ""


def _places(result: Result) -> Iterator[str]:
    """A cell for each kind of place: canaries in the edition, in the full one, put back and reported."""
    full = result.full is not None and result.built
    yield f"Withheld place: in {result.edition} (none may be), in {result.full or '-'} (all published ones), reported"
    cells = []
    for place in dict.fromkeys(one.place for one in result.canaries):
        sown = [one for one in result.canaries if one.place == place]
        leaked = sum(one in result.leaked for one in sown)
        published = sum(one.published for one in sown)
        shown = published - sum(one in result.missing for one in sown) + sum(one in result.astray for one in sown)
        planted = [one for one in result.plants if one.canary.place == place]
        found = sum(one in result.found for one in planted)
        wrong = leaked or (full and shown != published) or found != len(planted)
        told = [f"{leaked}", f"{shown}/{published}" if full else "-", f"{found}/{len(planted)}" if planted else "-"]
        cells.append(f"{place:<{_WIDTH}} {told[0]:<2} {told[1]:<4} {told[2]:<8}{'WRONG' if wrong else ''}")
    yield from _columns(cells, 2, 54)
    yield ""


def _encodings(result: Result) -> Iterator[str]:
    """How many of the canaries the verifier reports in each encoding, three to a line."""
    if not result.plants:
        return
    yield "Reported by the verifier when put back, by encoding"
    cells = []
    for name in dict.fromkeys(one.encoding for one in result.plants):
        planted = [one for one in result.plants if one.encoding == name]
        found = sum(one in result.found for one in planted)
        cells.append(f"{name} {found}/{len(planted)}{' WRONG' if found != len(planted) else ''}")
    yield from _columns(cells, 3, 36)
    yield ""


def _columns(cells: Sequence[str], columns: int, width: int) -> Iterator[str]:
    """Cells in columns, to be read downwards."""
    rows = -(-len(cells) // columns)
    for row in range(rows):
        yield "".join(f"{cell:<{width}}" for cell in cells[row::rows]).rstrip()


def _refusals(result: Result) -> Iterator[str]:
    """Why the copy was not built, if it was not."""
    if result.refusals:
        yield f"The copy was not built ({len(result.refusals)} findings):"
        yield from (f"  {one}" for one in result.refusals[:_SHOWN])
        yield ""


def _verdict(result: Result) -> str:
    if result.passed:
        return f"PASSED: {len(result.canaries)} canaries, {len(result.plants)} put back, each one reported."
    wrong = [
        (len(result.leaked), f"in the {result.edition} edition"),
        (len(result.missing), "missing from the full edition"),
        (len(result.astray), "published by nobody, and yet in the full edition"),
        (len(result.plants) - len(result.found), "put back and not reported"),
    ]
    said = [f"{count} {what}" for count, what in wrong if count]
    nothing = "nothing was looked at" if result.built else "the copy was not built"
    return f"FAILED: {'; '.join(said) or nothing}."
