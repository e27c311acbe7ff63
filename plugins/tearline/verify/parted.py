"""How the pages of a site are parted between its search indexes: each is in one, and the script is told the truth.

The script shows what the second index finds before what the first one does where it was asked for the newest first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from tearline.verify.stems import Page

_NAMES: Final = ("main", "recent")


def faults(orders: Sequence[Sequence[Page]], count: int, told: Path | None) -> Iterator[tuple[str, str]]:
    """What is wrong, as detail and rule: of the pages of each index, of ``count`` that search reads in all.

    ``told`` is the file that says how many pages each index has.
    """
    sizes = dict(zip(_NAMES, map(len, orders), strict=False))
    if told is None:
        yield "the script of search asks for it", "missing-file"
    elif told.read_bytes() != json.dumps(sizes, separators=(",", ":")).encode():
        yield "it does not say how many pages each index has", "unexplained-words"
    found = {id(page) for order in orders for page in order}
    if len(found) != sum(map(len, orders)):
        yield "a page is in two indexes", "unexplained-words"
    if len(found) != count:
        yield "a page that search reads is in no index", "missing-file"
    for older, newer in pairwise(orders):
        if max((page.sort for page in older), default="") > min((page.sort for page in newer), default=""):
            yield "the second index is not of the newest pages", "unexplained-words"
