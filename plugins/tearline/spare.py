"""The trees that a build leaves over, kept for the next one to be made in: most of their files are the same again.

    FOLDER/spare/<digest>/stage   what the edition's site was rendered from
    FOLDER/spare/<digest>/site    the site that stood in place before, if one did; this one where it is not published

What is written into such a tree is compared with what is there, byte by byte (``placing``), so that nothing in it is
believed: a disk takes far longer to make and remove files than to read them. The digest is of the program and the
policy, for other ones have most files be others. A build that is refused leaves no tree over.
"""

from __future__ import annotations

import os
import shutil
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from tearline.policy import Policy
from tearline.store import digest_of, identity, made

_FOLDER: Final = "spare"
_TREES: Final = ("stage", "site")
_STEP: Final = 1_000_000_000  # nanoseconds: servers tell times in seconds


def reclaim(kept: Path, policy: Policy, room: Path) -> bool:
    """Move the spare trees of ``kept``, an edition's store, into an empty ``room``: those that there are.

    Returns whether this program has built this policy's edition before: then there is a stage, and a site from the
    second build on. Trees of another program or policy are removed.
    """
    own = _place(kept, policy)
    if not _is_ours(own):
        return False
    with suppress(OSError):
        for other in own.parent.iterdir():
            if other != own:
                shutil.rmtree(other, ignore_errors=True)
    there, *_ = [_moved(own / name, room / name) for name in _TREES]
    return there


def lay_by(room: Path, kept: Path, policy: Policy) -> None:
    """Move the trees of a room into ``kept``. What cannot be moved, to another disk for example, stays where it is."""
    own = _place(kept, policy)
    if _is_ours(own):
        for name in _TREES:
            _moved(room / name, own / name)


def _place(kept: Path, policy: Policy) -> Path:
    return kept / _FOLDER / digest_of([identity().encode(), policy.digest.encode()])


def _is_ours(place: Path) -> bool:
    """Whether it, and the folders above it up to the edition's, are folders of ours alone; they are made if missing."""
    return made(place.parent.parent) and made(place.parent) and made(place)


def _moved(tree: Path, target: Path) -> bool:
    with suppress(OSError):
        if stat.S_ISDIR(tree.lstat().st_mode):
            tree.rename(target)
            return True
    return False


def date(site: Path, published: Path) -> int:
    """Give each file of a site the time of the ``published`` one where both are the same bytes, and none that is older.

    Returns how many files are not the same. A file that is as it was two builds ago is older than the one in between,
    and a server that goes by times would have its readers keep that. Where nothing has changed, they may keep what they
    have. Raises ``OSError``.
    """
    paths = (Path(folder, name) for folder, _, names in os.walk(site) for name in names)
    return sum(not _is_same(path, published / path.relative_to(site)) for path in paths)


def _is_same(path: Path, before: Path) -> bool:
    """Whether a file is the same bytes as the published one, whose time it has then."""
    own = path.lstat()
    try:
        other = before.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    plain = stat.S_ISREG(own.st_mode) and stat.S_ISREG(other.st_mode) and own.st_size == other.st_size
    if plain and own.st_mtime_ns == other.st_mtime_ns:  # we gave it that
        return True
    same = plain and path.read_bytes() == before.read_bytes()
    if same:
        os.utime(path, ns=(other.st_atime_ns, other.st_mtime_ns))
    elif own.st_mtime_ns < other.st_mtime_ns + _STEP:  # the clock may have been set back, or the time by somebody
        later = max(time.time_ns(), other.st_mtime_ns + _STEP)
        os.utime(path, ns=(later, later), follow_symlinks=False)
    return same
