"""One edition as a zip file that opens from a disk: built, verified and sealed as ever, then packed.

    READ-ME-FIRST.txt                    the site's own, once more where it is seen first
    site-<edition>-offline/              the site, opened at its index.html
    site-<edition>-offline.manifest.json, and its signature

Nothing is packed that the verifier has not read and the manifest does not name. The same sources at the same moment
give the same bytes. The zip file is replaced in one step, and only by a whole one.
"""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tearline.build import How, Outcome, made, refuse_overlap
from tearline.commit import Change
from tearline.offline import PARTS, README, Offline
from tearline.paper import wanted
from tearline.policy import Edition, Policy
from tearline.sites import Say
from tearline.swap import TargetError, sync

SUFFIX: Final = ".zip"
_EARLIEST: Final = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)  # that a zip file can say
_MODE: Final = 0o100644 << 16
_UNIX: Final = 3
_LEVEL: Final = 9


def bundle(  # noqa: PLR0913, PLR0917 - the command's options
    policy: Policy, edition: Edition, out: Path, now: dt.datetime, valid_for: dt.timedelta, say: Say, how: How
) -> Outcome:
    """Write the edition's offline copy to ``out``: a file that ends in ``.zip``, or the folder to put it into.

    Raises as ``made`` does, and ``TargetError`` where the zip file cannot be written or the theme has no such copies.
    """
    target = out if out.suffix.lower() == SUFFIX else out / f"site-{edition.name}-offline{SUFFIX}"
    refuse_overlap(policy, target)
    _refuse_other_things(target)
    if missing := [name for name in PARTS if not (policy.custom_dir / name).is_file()]:
        raise TargetError(f"{policy.custom_dir.name}/{missing[0]} is missing, and an offline copy needs it")
    signed = policy.signing is not None and policy.signing.key is not None
    copy = Offline(edition, policy, now.astimezone(policy.zone), (now + valid_for).astimezone(policy.zone), signed)
    asked = How(how.hold, how.strict, copy)
    with made(policy, [edition], target.parent, now, say, asked, papers=wanted(policy, say)) as built:
        if built.private is not None and not built.outcome.refused:
            say("Packing")
            packed = built.private.path / target.name
            pack(packed, built.private.path, built.changes, copy.made)
            _put(packed, target)
            built.outcome.sites.append(target)
            if not built.signed:
                say("The manifest is unsigned: no signing key is configured")
    return built.outcome


def pack(target: Path, private: Path, parts: list[Change], moment: dt.datetime) -> None:
    """Write the zip file of a site, its manifest and its signature. Raises ``OSError``."""
    when = max(moment, _EARLIEST).timetuple()[:6]
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, path in _members(private, parts):
            member = zipfile.ZipInfo(name, when)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = _UNIX
            member.external_attr = _MODE
            archive.writestr(member, path.read_bytes(), compresslevel=_LEVEL)


def _members(private: Path, parts: list[Change]) -> Iterator[tuple[str, Path]]:
    """What goes into the zip file, in order: the text to read first, then all else by its name."""
    found: dict[str, Path] = {}
    for part in parts:
        path = private / part.source
        if part.tree:
            yield README, path / README
            found |= {
                f"{part.name}/{one.relative_to(path).as_posix()}": one for one in path.rglob("*") if one.is_file()
            }
        elif part.source:
            found[part.name] = path
    yield from sorted(found.items())


def _put(packed: Path, target: Path) -> None:
    try:
        sync(packed)
        packed.replace(target)
        sync(target.parent)
    except OSError as error:
        raise TargetError(f"cannot replace {target}: {error.strerror}") from None


def _refuse_other_things(target: Path) -> None:
    """Only an offline copy is ever replaced. Raises ``TargetError``."""
    if not os.path.lexists(target):
        return
    if target.is_symlink() or not target.is_file():
        raise TargetError(f"{target} is not a plain file, and is not replaced")
    try:
        with zipfile.ZipFile(target) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        names = []
    if names[:1] != [README]:
        raise TargetError(f"{target} is not an offline copy, and is not replaced")
