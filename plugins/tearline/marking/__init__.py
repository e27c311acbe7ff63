"""Marks: what they are, how they compare and roll up, and how they are read and found.

Marking systems are data; see ``systems/fouo-les.yml`` for the keys. The modules, from the data up:

    system.py      the data files: tokens, order, spellings, sentences
    mark.py        Mark, its order and roll-up, banner and spelling
    folding.py     text as the eye sees it, with the way back to the original
    classified.py  what a spill looks like
    reading.py     the text of a mark -> Reading; the opening of a block -> Opening
    likeness.py    text -> everything in it that could pass for a mark
"""

from __future__ import annotations

from tearline.marking.folding import fold
from tearline.marking.likeness import Likeness, find_marks
from tearline.marking.mark import Mark, join, lowest
from tearline.marking.reading import Opening, Reading, open_mark, read_mark
from tearline.marking.system import SYSTEMS, MarkError, System, Token, closure, system

__all__ = [
    "SYSTEMS",
    "Likeness",
    "Mark",
    "MarkError",
    "Opening",
    "Reading",
    "System",
    "Token",
    "closure",
    "find_marks",
    "fold",
    "join",
    "lowest",
    "open_mark",
    "read_mark",
    "system",
]
