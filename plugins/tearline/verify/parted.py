"""How the pages of a site are parted between its search indexes: each is in one, and the script is told the truth.

The script asks for the indexes that it is told of, and where it was asked for the newest first, it shows what a later
one finds before what an earlier one does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from tearline.verify.glances import Glance

MAIN: Final = "main"  # the first index
_UNTOLD: Final = "it does not say how many pages each index has"


class There(NamedTuple):
    """A page of the site: where it is, and what it is at a glance."""

    path: Path
    seen: Glance


def faults(
    orders: Mapping[str, Sequence[str]], pages: Mapping[str, There], told: Path | None
) -> Iterator[tuple[str, str]]:
    """What is wrong, as detail and rule: of the addresses of each index's pages, and of all pages of the site.

    ``told`` is the file that says how many pages each index has.
    """
    if told is None:
        yield "the script of search asks for it", "missing-file"
    else:
        names = _names(told.read_bytes(), orders)
        if names is None:
            yield _UNTOLD, "unexplained-words"
        elif any(_is_later(orders[older], orders[newer], pages) for older, newer in pairwise(names)):
            yield "an index is not of newer pages than the one before it", "unexplained-words"
    found = {address for order in orders.values() for address in order}
    if len(found) != sum(map(len, orders.values())):
        yield "a page is in two indexes", "unexplained-words"
    if found != {address for address, page in pages.items() if page.seen.is_read}:
        yield "a page that search reads is in no index", "missing-file"


def _names(data: bytes, orders: Mapping[str, Sequence[str]]) -> list[str] | None:
    """The indexes in the order that the script is told, the first one first; None where it is told anything else."""
    try:
        names = list(json.loads(data))
    except (TypeError, ValueError, RecursionError):
        return None
    if names[:1] != [MAIN] or set(names) != set(orders):
        return None
    sizes = json.dumps({name: len(orders[name]) for name in names}, separators=(",", ":"))
    return names if data == sizes.encode() else None


def _is_later(older: Sequence[str], newer: Sequence[str], pages: Mapping[str, There]) -> bool:
    """Whether one of the older pages is later than one of the newer ones."""
    last = max((pages[address].seen.sort for address in older), default="")
    return bool(newer) and last > min(pages[address].seen.sort for address in newer)
