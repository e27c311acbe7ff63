"""Marks: what they are, how they compare and roll up, and how they are read and found.

Marking systems are data; see ``systems/fouo-les.yml`` for the keys. The modules, from the data up:

    system.py      what a system is: tokens, what outranks what, spellings, sentences
    loading.py     the data files -> systems
    mark.py        Mark, its order and roll-up, banner and spelling
    folding.py     text as the eye sees it, with the way back to the original
    classified.py  what a spill looks like
    reading.py     the text of a mark -> Reading
    shape.py       what is meant as a mark, readable or not
    opening.py     the start of a block -> Opening
    likeness.py    text -> everything in it that could pass for a mark
"""

from __future__ import annotations

from tearline.marking.folding import fold
from tearline.marking.likeness import Likeness, find_marks
from tearline.marking.loading import SYSTEMS, closure, system
from tearline.marking.mark import Mark, join, lowest
from tearline.marking.opening import Opening, open_mark
from tearline.marking.reading import Reading, read_mark
from tearline.marking.system import MarkError, System, Token

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
