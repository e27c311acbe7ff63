"""Where the scripts and style sheets inside of pages come from: the fixed pieces of a template's, and known texts.

What a script holds as data (JSON) is read as data: every name and every text of it is known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tearline.verify.authored import Authored
from tearline.verify.targets import is_plain
from tearline.verify.templates import Vocabulary, made_of, squeezed

_DATA: Final = "application/json"
_ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6})[ ]?|\\(.)")
_LARGEST: Final = 1 << 18  # characters


@dataclass(slots=True)
class Scripts:
    """What explains scripts, and those that were explained; ``said`` are the texts of the site's configuration."""

    vocabulary: Vocabulary
    known: frozenset[str] = frozenset()  # strings of templates and of the configuration, without white space
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def explains(self, tag: str, script: str, own: Authored) -> bool:
        """Whether a script or style sheet that begins with this tag is a template's."""
        if (tag, script) in self._seen or not script.strip():
            return True
        if len(script) > _LARGEST:
            return False
        if _DATA in tag:
            return self._is_known(tag, script)
        said = squeezed(script)
        for pieces in self.vocabulary.scripts:
            if pieces and pieces[0] not in said:
                continue
            rest = [part for part in made_of(said, pieces) if not self._fills(part)] if pieces else [said]
            if not rest:
                self._seen.add((tag, script))
                return True
            if all(map(own.tells_squeezed, map(_unquoted, rest))):
                return True
        return script in own.text

    def _fills(self, part: str) -> bool:
        """Whether a text between fixed pieces is known whatever the page, or is the way to the top of the site."""
        return _unquoted(part) in self.known or part.strip("\"'./") == ""

    def _is_known(self, tag: str, script: str) -> bool:
        try:
            told = list(_strings(json.loads(script, object_pairs_hook=list)))  # a name may stand there twice
        except (ValueError, RecursionError):
            return False
        if not all(squeezed(one) in self.known or (is_plain(one) and "." in one) for one in told):
            return False
        self._seen.add((tag, script))
        return True


def _strings(told: Any) -> Iterator[str]:
    """Every name and text in data; a number is not known, whatever it is."""
    if isinstance(told, list | tuple):
        for each in told:
            yield from _strings(each)
    elif isinstance(told, str):
        yield told
    elif told is not None and not isinstance(told, bool):
        yield f"{told} is a number"


def _unquoted(part: str) -> str:
    """A string of a script or a style sheet without its quotes and escapes."""
    bare = part[1:-1] if part[:1] in ('"', "'") and part[-1:] == part[:1] else part
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], bare)
