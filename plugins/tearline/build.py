"""The sentence: read the sources, stage each edition, render it, look at the bytes, swap it into place.

A step that fails leaves the published sites as they were. Everything on the way lives in a private folder beside
them, which is gone afterwards, whatever happened.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tearline.corpus import Corpus, read_corpus
from tearline.findings import Finding, Place, in_order, refuses
from tearline.guard import Guard
from tearline.policy import Edition, Policy
from tearline.render import Rendering, start_rendering, theme_files
from tearline.stage import Staged, rehearse, stage

Say = Callable[[str], None]


@dataclass(slots=True)
class Outcome:
    """What a command came to: findings, the sites it published, the documents it held back."""

    findings: list[Finding] = field(default_factory=list)
    sites: list[Path] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    refused: bool = False


class TargetError(Exception):
    """A folder that cannot be written or replaced. The message is one line for whoever typed the command."""


def check(policy: Policy, paths: Sequence[Path], now: dt.datetime) -> Outcome:
    """Findings only: every rule that a build would apply before rendering, on all sources or on some."""
    corpus = read_corpus(policy, paths or None)
    return Outcome(in_order([*corpus.findings, *rehearse(corpus, policy, now)]))


def stage_tree(  # noqa: PLR0913 - the command's options
    policy: Policy, edition: Edition, out: Path, now: dt.datetime, *, hold: bool, strict: bool
) -> Outcome:
    """Write one edition's staged tree to ``out``, replacing an older one."""
    corpus = read_corpus(policy)
    with private_folder(out.parent) as folder:
        outcome, staged = _staged(corpus, policy, [edition], folder, now, hold=hold, strict=strict)
        if not outcome.refused:
            swap(staged[0].path, out)
            outcome.sites.append(out)
    return outcome


def build(  # noqa: PLR0913 - the command's options
    policy: Policy, editions: Sequence[Edition], out: Path, now: dt.datetime, say: Say, *, hold: bool, strict: bool
) -> Outcome:
    """Build and publish ``out/site-<edition>`` for each edition, all or none.

    Raises ``RenderError`` where the renderer fails and ``TargetError`` where ``out`` cannot be written.
    """
    say("Reading the sources")
    corpus = read_corpus(policy)
    with private_folder(out) as folder:
        outcome, staged = _staged(corpus, policy, editions, folder, now, hold=hold, strict=strict)
        if outcome.refused:
            return outcome
        say(f"Rendering {', '.join(f'{one.edition.name} ({one.bulletins} bulletins)' for one in staged)}")
        rendered = [_rendered(one, folder, now) for one in staged]
        logs = [rendering.finish() for rendering in rendered]
        say("Reading the built bytes")
        for one, rendering, log in zip(staged, rendered, logs, strict=True):
            outcome.findings += _guarded(one, rendering, log)
        outcome.findings = in_order(outcome.findings)
        outcome.refused = refuses(_built(outcome.findings, staged))
        for one, rendering in zip(staged, rendered, strict=True):
            if not outcome.refused:
                target = out / f"site-{one.edition.name}"
                swap(rendering.site, target)
                outcome.sites.append(target)
    return outcome


def _staged(  # noqa: PLR0913 - what a build is made of
    corpus: Corpus,
    policy: Policy,
    editions: Sequence[Edition],
    folder: Path,
    now: dt.datetime,
    *,
    hold: bool,
    strict: bool,
) -> tuple[Outcome, list[Staged]]:
    """Stage the editions. With ``hold`` documents that are refused are left out, on whatever step that shows."""
    while True:
        staged = [stage(corpus, policy, edition, _fresh(folder / edition.name / "stage"), now) for edition in editions]
        found = in_order([*corpus.findings, *(one for each in staged for one in each.findings)])
        late = {path for each in staged for path in each.refused}
        if not (hold and late):
            break
        corpus.hold(late, found)
    fatal = [one for one in found if not hold or one.place.path not in corpus.refused]
    outcome = Outcome(found, held=sorted(corpus.refused) if hold else [])
    outcome.refused = refuses(fatal) or (strict and refuses(found, strict=True))
    return outcome, staged


def _fresh(path: Path) -> Path:
    if path.exists():
        shutil.rmtree(path)
    path.mkdir(parents=True)
    return path


def _rendered(staged: Staged, folder: Path, now: dt.datetime) -> Rendering:
    name = staged.edition.name
    return start_rendering(staged.path, folder / name / "site", folder / name / "log", now)


def _guarded(staged: Staged, rendering: Rendering, log: str) -> Iterator[Finding]:
    """What the guard says of a site and of the renderer's log. Where nothing is withheld, nothing is looked for."""
    guard = Guard.of(staged.edition, staged.withheld if staged.edition.sanitized else (), staged.path)
    trusted = [path for path in (staged.path / "theme", theme_files()) if path is not None]
    prefix = f"site-{staged.edition.name}"
    for one in (*guard.check(rendering.site, trusted), *guard.check_text("renderer log", log, html=False)):
        yield Finding(Place(f"{prefix}/{one.place.path}"), one.rule, one.detail)


def _built(findings: Iterable[Finding], staged: Sequence[Staged]) -> list[Finding]:
    """The findings about built files."""
    prefixes = tuple(f"site-{one.edition.name}/" for one in staged)
    return [one for one in findings if one.place.path.startswith(prefixes)]


@contextmanager
def private_folder(beside: Path) -> Iterator[Path]:
    """A folder that only we can read, on the same disk as the sites. Raises ``TargetError`` where none can be made."""
    try:
        beside.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".tearline-", dir=beside))
    except OSError as error:
        raise TargetError(f"cannot write below {beside}: {error.strerror}") from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def swap(new: Path, target: Path) -> None:
    """Put a finished tree where the old one was; the old one goes when the new one stands."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise TargetError(f"{target} is not a folder, and is not replaced")
    old = new.with_name("old")
    try:
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
    except OSError as error:
        raise TargetError(f"cannot replace {target}: {error.strerror}") from None
