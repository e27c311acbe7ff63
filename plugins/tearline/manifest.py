"""What was built, in one signed file: the edition, every file's digest, and the verifier's verdict on those bytes.

A manifest is JSON with sorted keys, one blank for indentation, ASCII, one line end at its end: the same site gives the
same bytes, and a reader takes no other spelling (so a key that stands twice, or a number written oddly, is refused
without a rule of its own). It names released files only. Nothing in it counts or digests what was withheld: the
verdict says how much of the *site* was read, and the policy's digest covers what this edition may see.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from tearline.findings import Finding, Place, finding
from tearline.inventory import Count, Digest, Entry, SitePath, open_plain, printable, tree_digest

FORMAT: Final = "tearline-manifest-1"
MAX_BYTES: Final = 64 << 20
_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
_CLOSED: Final = ConfigDict(extra="forbid", strict=True)


def _moment(text: str) -> str:
    parsed = dt.datetime.strptime(text, _MOMENT).replace(tzinfo=dt.UTC)
    if parsed.strftime(_MOMENT) != text:
        raise ValueError("not a moment")
    return text


Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[ -~]+$")]
Moment = Annotated[str, AfterValidator(_moment)]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verifier found. ``files`` and ``bytes`` are what it read of the site; ``tree`` is their digest."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    verifier: Line
    passed: bool
    files: Count
    bytes: Count
    tree: Digest


@dataclass(frozen=True, slots=True)
class Manifest:
    """A built site. ``built`` orders the releases of an edition; ``recalled`` are the pages of recalled bulletins."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    edition: Line
    built: Moment
    banners: tuple[Line, ...]
    policy: Digest
    tools: dict[Line, Line]
    recalled: tuple[SitePath, ...]
    verdict: Verdict
    files: tuple[Entry, ...]
    format: Literal["tearline-manifest-1"] = FORMAT

    def to_bytes(self) -> bytes:
        """The one spelling of this manifest."""
        return (json.dumps(dataclasses.asdict(self), indent=1, sort_keys=True) + "\n").encode("ascii")

    @property
    def faults(self) -> list[str]:
        """What its parts have to mean together and do not."""
        paths = [one.path for one in self.files]
        folders = {path[:end] for path in paths for end, char in enumerate(path) if char == "/"}
        total = sum(one.size for one in self.files)
        wrong = {
            "it lists no file": not paths,
            "its files are not in order, each once": paths != sorted(set(paths)),
            "a file is also a folder": bool(folders & set(paths)),
            "a recalled page is not among its files": not set(self.recalled) <= set(paths),
            "its recalled pages are not in order": list(self.recalled) != sorted(set(self.recalled)),
            "its verdict is about other files": self.verdict.tree != tree_digest(self.files)
            or (self.verdict.files, self.verdict.bytes) != (len(paths), total),
        }
        return [said for said, is_so in wrong.items() if is_so]


def verdict(verifier: str, entries: Iterable[Entry], *, passed: bool) -> Verdict:
    """A verdict on the files that a verifier read."""
    read = tuple(entries)
    return Verdict(verifier, passed, len(read), sum(one.size for one in read), tree_digest(read))


def policy_digest(told: Mapping[str, Any]) -> str:
    """A digest of what the policy says about one edition, given as plain data."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=sorted).encode()).hexdigest()


def moment(when: dt.datetime) -> str:
    """A moment as manifests spell it, in UTC to the second."""
    return when.astimezone(dt.UTC).strftime(_MOMENT)


@cache
def _adapter() -> TypeAdapter[Manifest]:
    return TypeAdapter(Manifest)


def parse_manifest(data: bytes, shown: str) -> tuple[Manifest | None, list[Finding]]:
    """The manifest in these bytes, or None and why not. Never raises, whatever the bytes are."""
    try:
        read = _adapter().validate_json(data)
    except ValidationError as error:
        each = error.errors(include_url=False, include_input=False, include_context=False)[0]
        return None, [_unreadable(shown, _said(each["type"], each["loc"]))]
    except (ValueError, RecursionError):
        return None, [_unreadable(shown, "it is not JSON")]
    if faults := read.faults:
        return None, [_unreadable(shown, said) for said in faults]
    if read.to_bytes() != data:
        return None, [_unreadable(shown, "it is not spelled as manifests are")]
    return read, []


def _said(kind: str, loc: tuple[int | str, ...]) -> str:
    """Where in the manifest the first fault stands: our own key names only."""
    if not loc:
        return "it is not JSON" if kind == "json_invalid" else "it is JSON of another kind"
    known = {one.name for kind in (Manifest, Verdict, Entry) for one in dataclasses.fields(kind)}
    steps = [str(step) for step in loc if isinstance(step, int) or step in known]
    return f"`{'.'.join(steps)}` is wrong" if len(steps) == len(loc) and steps else "it has a key that is not known"


def _unreadable(shown: str, detail: str) -> Finding:
    return finding("manifest-unreadable", Place(shown), detail)


def read_bounded(path: Path, limit: int) -> bytes | None:
    """The bytes of a plain file, or None where there are more than ``limit``. Raises ``OSError``."""
    with os.fdopen(open_plain(path), "rb") as file:
        data = file.read(limit + 1)
    return data if len(data) <= limit else None


def read_manifest(path: Path) -> tuple[bytes, Manifest | None, list[Finding]]:
    """A manifest's bytes and what they say, from one reading of the file."""
    shown = printable(path.name)
    try:
        data = read_bounded(path, MAX_BYTES)
    except FileNotFoundError:
        return b"", None, [finding("manifest-missing", Place(shown))]
    except OSError:
        return b"", None, [_unreadable(shown, "it cannot be opened as a plain file")]
    if data is None:
        return b"", None, [_unreadable(shown, "it is larger than a manifest can be")]
    return data, *parse_manifest(data, shown)
