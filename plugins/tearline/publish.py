"""A built site -> a serving folder: nothing but the bytes of a signed, passing manifest, and all of them at once.

    WWW/eoc/             what the server reads: a whole release, replaced in one step
    WWW/.eoc.tearline/   ours alone (mode 700, so a server that runs as somebody else cannot read an earlier release)
        pin.json         the edition this folder is for, what is published, what was before, what is under way
        lock             held while a publish runs
        <digest>.json, <digest>.json.sig   the manifests of the releases that are kept
        previous/        the release that --rollback goes back to
        incoming/        a release being copied; after the exchange, for a moment, the one that was replaced

A killed publish leaves the old release or the new one in place. The next one looks which of the two it is (a folder
keeps its inode when it is renamed) and finishes: what was never put in place is removed, what was is entered.
Going back is publishing again: the same checks on every byte, save that an older release is what is asked for; one
that still shows a bulletin which was recalled since is refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from tearline.certificate import Certified, certified
from tearline.findings import Finding, Place, finding
from tearline.inventory import Entry, differences, open_plain, printable, take_inventory
from tearline.keys import Signers
from tearline.manifest import Manifest
from tearline.pin import PIN, Pin, Release, read_pin
from tearline.swap import (
    FILE_MODE,
    FOLDER_MODE,
    TargetError,
    check_target,
    exchange,
    finish_exchange,
    locked,
    sync,
    sync_trees,
    write_whole,
)

LOCK: Final = "lock"
_CHUNK: Final = 1 << 20
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Offer:
    """What is asked to be published: a site, its manifest (the signature lies beside it), and where it should go."""

    edition: str
    site: Path
    manifest: Path
    target: Path


@dataclass(slots=True)
class Published:
    """What came of it: findings that refused it, or nothing but words."""

    findings: list[Finding] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def publish(offer: Offer, signers: Signers, now: dt.datetime) -> Published:
    """Publish what is offered. Raises ``TargetError`` where the target cannot be written or is not ours to replace."""
    site, target = offer.site.resolve(), offer.target.resolve()
    if target.is_relative_to(site) or site.is_relative_to(target):
        raise TargetError(f"{offer.target} and the site that is to be published overlap")
    with _opened(offer.target) as desk:
        found = desk.refusals(offer.edition)
        certificate, more = certified(offer.manifest, offer.edition, signers, now)
        found += more
        if certificate is not None:
            found += desk.stale(certificate.manifest)
        if found or certificate is None:
            return Published(found)
        again = desk.shown_again(certificate.manifest)
        published = desk.put(offer.site, certificate)
        published.said += [f"No longer recalled: {path}" for path in again if not published.findings]
        return published


def rollback(edition: str, target: Path, signers: Signers, now: dt.datetime) -> Published:
    """Put the previous release back, checked as if it were new. Raises ``TargetError`` as ``publish`` does."""
    with _opened(target) as desk:
        found = desk.refusals(edition)
        if desk.pin is None or desk.pin.previous is None:
            return Published([*found, finding("no-previous", desk.place)])
        certificate, more = certified(desk.folder / f"{desk.pin.previous.manifest}.json", edition, signers, now)
        found += more
        if certificate is not None:
            found += [finding("recalled-since", Place(path)) for path in desk.shown_again(certificate.manifest)]
        if found or certificate is None:
            return Published(found)
        return desk.put(desk.previous, certificate)


class _Desk:
    """The folder beside the target, open and locked."""

    def __init__(self, target: Path, folder: Path) -> None:
        self.target = target
        self.folder = folder
        self.incoming = folder / "incoming"
        self.previous = folder / "previous"
        self.pin: Pin | None = None

    # --- what is there ------------------------------------------------------------------------------------

    def recover(self) -> None:
        """Finish what a killed publish began: enter it if it stands in place, else remove it."""
        self.pin = read_pin(self.folder)
        finish_exchange(self.incoming, self.target)
        if self.pin is not None and self.pin.pending is not None:
            if _inode(self.target) == self.pin.pending.inode:
                self.enter(self.pin)
            else:
                self.write(replace(self.pin, pending=None))
        self.tidy()

    def enter(self, pin: Pin) -> None:
        """The pending release stands in place: the one it replaced becomes the previous one.

        A release that replaced itself, to mend what somebody did to it, leaves the previous one as it is.
        """
        again = pin.current is not None and pin.pending is not None and pin.current.manifest == pin.pending.manifest
        if pin.current is not None and not again and _inode(self.incoming) == pin.current.inode:
            _remove(self.previous)
            self.incoming.rename(self.previous)
            sync(self.folder)
        known = (pin.previous,) if again else (pin.current, pin.previous)
        kept = _inode(self.previous)
        self.write(pin.entered(next((one for one in known if one is not None and one.inode == kept), None)))

    def tidy(self) -> None:
        """Remove what no release needs."""
        kept = {LOCK, PIN}
        if self.pin is not None:
            releases = [one for one in (self.pin.current, self.pin.previous) if one is not None]
            kept |= {f"{one.manifest}.json{end}" for one in releases for end in ("", ".sig")}
            kept |= {self.previous.name} if self.pin.previous is not None else set()
        for path in self.folder.iterdir():
            if path.name not in kept:
                _remove(path)

    def write(self, pin: Pin) -> None:
        write_whole(self.folder / PIN, pin.to_bytes())
        self.pin = pin

    # --- what speaks against it ---------------------------------------------------------------------------

    def refusals(self, edition: str) -> list[Finding]:
        """Whether the target is this edition's. Raises ``TargetError`` where it holds what nobody published."""
        if self.pin is not None and self.pin.edition != edition:
            return [finding("wrong-edition", self.place, f"this folder is pinned to {self.pin.edition}")]
        ours = self.pin is not None and self.pin.current is not None
        if not ours and self.target.exists() and any(self.target.iterdir()):
            raise TargetError(f"{self.target} holds files that were not published here; move them away first")
        return []

    def stale(self, manifest: Manifest) -> list[Finding]:
        """An older manifest than the newest one ever published here is an old site offered again."""
        if self.pin is not None and self.pin.is_older(manifest):
            detail = f"built {manifest.built}, and {self.pin.newest} was published here"
            return [finding("stale-manifest", self.place, detail)]
        return []

    def shown_again(self, manifest: Manifest) -> list[str]:
        """Pages that a release shows and that one published here had recalled."""
        shown = {one.path for one in manifest.files} - set(manifest.recalled)
        return sorted(shown & set(self.pin.recalled)) if self.pin is not None else []

    @property
    def place(self) -> Place:
        """Where findings about the target stand."""
        return Place(printable(self.target.name))

    # --- putting it there ---------------------------------------------------------------------------------

    def put(self, site: Path, certificate: Certified) -> Published:
        """Copy, compare, exchange, enter. Every step can be the last one of a process that is killed."""
        manifest, shown = certificate.manifest, printable(site.name)
        found = differences(manifest.files, take_inventory(site, shown), shown)
        found = found or _copied(site, self.incoming, manifest.files, shown)
        if found:
            return Published(found)
        digest = hashlib.sha256(certificate.data).hexdigest()
        if self.stands(digest, manifest):
            return Published([], [f"The release of {manifest.built} is published already"])
        sync_trees([self.incoming])
        write_whole(self.folder / f"{digest}.json", certificate.data)
        write_whole(self.folder / f"{digest}.json.sig", certificate.signature)
        release = Release(digest, manifest.built, manifest.recalled, self.incoming.lstat().st_ino)
        self.write(replace(self.measured_pin(manifest.edition), pending=release))
        exchange(self.incoming, self.target)
        self.enter(self.pin or Pin(manifest.edition))
        return Published([], [f"Published the release of {manifest.built}: {len(manifest.files)} files"])

    def stands(self, digest: str, manifest: Manifest) -> bool:
        """Whether this very release is in place, byte for byte."""
        current = self.pin.current if self.pin is not None else None
        if current is None or current.manifest != digest or not self.target.exists():
            return False
        return not differences(manifest.files, take_inventory(self.target, ""), "")

    def measured_pin(self, edition: str) -> Pin:
        """The record, with the inode of the folder that stands there now (it may have come from a backup)."""
        pin = self.pin or Pin(edition)
        if pin.current is None:
            return pin
        return replace(pin, current=replace(pin.current, inode=_inode(self.target) or 0))


def _copied(site: Path, to: Path, entries: Iterable[Entry], shown: str) -> list[Finding]:
    """Copy the files, hashing each byte on its way; findings for those that are not what the manifest says."""
    to.mkdir(mode=FOLDER_MODE)
    to.chmod(FOLDER_MODE)
    found = []
    for entry in entries:
        target = to / entry.path
        for folder in reversed([one for one in target.parents if one.is_relative_to(to) and not one.exists()]):
            folder.mkdir()
            folder.chmod(FOLDER_MODE)
        if _copied_file(site / entry.path, target) != (entry.size, entry.sha256):
            found.append(finding("file-changed", Place(f"{shown}/{entry.path}")))
    return found


def _copied_file(source: Path, target: Path) -> tuple[int, str]:
    size, hashed = 0, hashlib.sha256()
    with os.fdopen(open_plain(source), "rb", buffering=0) as given, target.open("xb", buffering=0) as taken:
        while chunk := given.read(_CHUNK):
            hashed.update(chunk)
            size += len(chunk)
            view = memoryview(chunk)
            while view:
                view = view[taken.write(view) :]
        os.fchmod(taken.fileno(), FILE_MODE)
    return size, hashed.hexdigest()


@contextmanager
def _opened(target: Path) -> Iterator[_Desk]:
    """The desk of a target: made at the first publish, private, locked, and left tidy whatever happens."""
    check_target(target)
    folder = target.with_name(f".{target.name}.tearline")
    made = not folder.exists()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        told = folder.lstat()
        if not stat.S_ISDIR(told.st_mode) or told.st_mode & _OTHERS or told.st_uid != os.geteuid():
            raise TargetError(f"{folder} has to be a folder of ours that nobody else can open; try chmod 700")
        (folder / LOCK).touch(mode=0o600)
        with locked(folder / LOCK, f"another publish to {target} is under way"):
            desk = _Desk(target, folder)
            desk.recover()
            try:
                yield desk
            finally:
                with suppress(OSError, TargetError):
                    desk.recover()
                    if made and desk.pin is None:  # refused: nothing of ours is left beside what is somebody else's
                        _remove(folder / LOCK)
                        folder.rmdir()
    except OSError as error:
        raise TargetError(f"cannot publish to {target}: {error.strerror or 'a file cannot be used'}") from None


def _inode(path: Path) -> int | None:
    try:
        return path.lstat().st_ino
    except FileNotFoundError:
        return None


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
