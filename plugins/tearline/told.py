r"""What the theme is told about a page, as the front matter of its staged source: YAML in a form that is quick to read.

A line is a key and its value, at the margin or one level in, and every value is JSON::

    title: "Levee seepage"
    tearline:
      kind: "bulletin"
      marks: [{"mark": "U", "style": "u"}]

Any reader of YAML takes it for what it is; ``read`` knows this form alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NoReturn

import frontmatter
from frontmatter.default_handlers import YAMLHandler

# Characters that YAML may not have, takes for a line break or leaves out: written as JSON escapes them.
_ODD: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
# A key that YAML takes for a text, and what is said under it.
_LINE: Final = re.compile(r"(  )?((?!(?:on|no|off|yes|null|true|false):)[a-z][a-z_]+):(?: (.+))?")
_FENCE: Final = "---\n"
_JSON: Final = json.JSONEncoder(ensure_ascii=False)


def written(told: Mapping[str, Any], body: str) -> str:
    """A staged page: its front matter, a blank line, its Markdown.

    ``told`` holds what JSON does, under keys of small letters. Raises ``TypeError`` for a value that JSON has not.
    """
    post = frontmatter.Post(body.lstrip("\n").rstrip(), **told)
    return f"{frontmatter.dumps(post, _Lines())}\n"


class _Lines(YAMLHandler):
    """Front matter in our form: its own would take PyYAML ten times as long to write and to read."""

    def export(self, metadata: Mapping[str, Any], **_: Any) -> str:
        return "\n".join(_lines(metadata))


def _lines(told: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    for key, value in told.items():
        if isinstance(value, Mapping) and value and not indent and all(_LINE.fullmatch(f"{each}:") for each in value):
            yield f"{key}:"
            yield from _lines(value, "  ")
        else:
            yield f"{indent}{key}: {_ODD.sub(_escaped, _JSON.encode(value))}"


def _escaped(odd: re.Match[str]) -> str:
    return f"\\u{ord(odd[0]):04x}"


def read(source: str) -> tuple[str, dict[str, Any]] | None:
    """A staged page's Markdown and what it tells, as any reader of YAML has it; None where it is of another form."""
    front, end, body = source.removeprefix(_FENCE).partition(f"\n{_FENCE}")
    # JSON and YAML differ in escapes of code points beyond the first 65,536.
    if not source.startswith(_FENCE) or not end or "\\u" in front or _ODD.search(front):
        return None
    try:
        told = _told(front)
    except ValueError:
        return None
    return body.lstrip("\n"), told


def _told(front: str) -> dict[str, Any]:
    """The values of lines. Raises ``ValueError`` for another form."""
    told: dict[str, Any] = {}
    within: dict[str, Any] | None = None
    for line in front.split("\n"):
        found = _LINE.fullmatch(line)
        holder = within if found and found[1] else told
        if found is None or holder is None or (found[1] and not found[3]):
            raise ValueError
        if found[3]:
            holder[found[2]] = json.loads(found[3], parse_float=_other, parse_constant=_other)
        else:
            holder[found[2]] = {}
        if not found[1]:
            within = None if found[3] else holder[found[2]]
    if {} in told.values():  # a key without lines of its own
        raise ValueError
    return told


def _other(_said: str) -> NoReturn:
    """Numbers that YAML reads otherwise."""
    raise ValueError
