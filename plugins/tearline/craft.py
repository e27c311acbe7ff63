"""Bulletins that follow every rule -> what a careful editor would still say of them: warnings of ``tearline check``.

Nothing is refused for these. They are about the reader at night, who takes a bulletin as it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tearline.corpus import Corpus
from tearline.entries import URGENT, to_come
from tearline.findings import Finding, finding
from tearline.records import Record


def craft(corpus: Corpus, now: dt.datetime) -> list[Finding]:
    """The remarks on every bulletin that would be published at ``now``."""
    return [one for source in corpus.bulletins for one in _remarks(source.record, now)]


def _remarks(record: Record, now: dt.datetime) -> Iterator[Finding]:
    if record.recalled is not None:
        return
    if record.endless is not None and record.endless[0] == URGENT:
        yield finding("urgent-without-end", record.endless[1], portion=record.id)
    for when, place in record.dates:
        if to_come(when, now):
            yield finding("future-date", place, portion=record.id)
