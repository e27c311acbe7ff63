"""Bulletins that follow every rule -> what a careful editor would still say of them: warnings of ``tearline check``.

Nothing is refused for these. They are about the reader at night, who takes a bulletin as it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tearline.bulletin.document import Bulletin
from tearline.corpus import Corpus
from tearline.entries import URGENT, to_come
from tearline.findings import Finding, finding


def craft(corpus: Corpus, now: dt.datetime) -> list[Finding]:
    """The remarks on every bulletin that would be published at ``now``."""
    return [one for source in corpus.bulletins for one in _remarks(source.bulletin, now)]


def _remarks(bulletin: Bulletin, now: dt.datetime) -> Iterator[Finding]:
    metadata = bulletin.metadata
    if metadata.recalled is not None:
        return
    priority = metadata.priority
    if priority is not None and priority.value == URGENT and metadata.in_effect_until is None:
        yield finding("urgent-without-end", priority.place, portion=metadata.id)
    dates = [metadata.date, *(row.at for row in metadata.revised)]
    for when in dates:
        if when is not None and to_come(when.value, now):
            yield finding("future-date", when.place, portion=metadata.id)
