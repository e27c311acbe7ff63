"""The sentence: read the sources, stage each edition, render it, have it verified, seal it, swap it into place.

A step that fails leaves the published sites as they were. Everything on the way lives in a private folder beside
them, which is gone afterwards, whatever happened; after a kill, the next build completes or removes it.

A site and its manifest are two names, and no system renames two at once. So the old manifest and signature are put
aside, then the sites are exchanged, then the new manifests and signatures are put in place: a manifest that is there
describes the site beside it, and for a moment there is none. Whoever reads across that moment and gets an old
manifest with a new site notices, because every byte is compared with it before anything is published.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tearline.commit import Change, Private, commit, private_folder, sweep
from tearline.corpus import Corpus, read_corpus
from tearline.craft import craft
from tearline.crew import Watch, each, undisturbed, unwatched
from tearline.entries import spelled
from tearline.evidence import Evidence, disk_clock
from tearline.findings import Finding, Place, Severity, finding, in_order, refuses
from tearline.inventory import differences, fingerprint, take_inventory
from tearline.judging import KEY, RECORD, RecordError, repetitions
from tearline.manifest import moment
from tearline.offline import Offline
from tearline.paper import CACHE, print_papers, wanted
from tearline.paper import engine as paper
from tearline.policy import FULL_SIDE, Edition, Policy, extensions
from tearline.proof import Renderer
from tearline.render.schedulers import Cluster
from tearline.seal import seal, signature, signing_key
from tearline.sites import Read, Say, left_over, rendered, sanitized, stages, verified
from tearline.stage import Drafting, Tree, compose, write
from tearline.store import Shelf, identity, shelf
from tearline.swap import TargetError, exchange, locked
from tearline.trial import on_trial
from tearline.unchanged import Came, Last, digest_at, lasts

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_NEVER: Final = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(slots=True)
class Outcome:
    """What a command came to: findings, the trees it published, the documents it held back.

    ``checked`` counts the documents that were read, ``others`` are files that were named and are none. ``fault`` is
    what kept a check from being complete, in one line. ``stays`` is whether the trees are those of an earlier build.
    """

    findings: list[Finding] = field(default_factory=list)
    sites: list[Path] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    checked: int = 0
    refused: bool = False
    stays: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True)
class How:
    """What whoever typed the command asked for: hold refused documents back, take warnings for errors.

    The edition that ``offline`` is of becomes an offline copy. ``watch`` is told how many of how many documents or
    pages a step has done. Editions that ``clusters`` names are rendered there, the others here. With ``anew``, what
    earlier builds kept is removed first.
    """

    hold: bool = False
    strict: bool = False
    offline: Offline | None = None
    watch: Watch = unwatched
    clusters: Mapping[str, Cluster] = field(default_factory=dict)
    anew: bool = False


HERE: Final = How()


def check(policy: Policy, paths: Sequence[Path], now: dt.datetime) -> Outcome:
    """Findings only: every rule that a build would apply before rendering, on all sources or on some; and craft.

    On all sources, withheld words that released text repeats are looked for too; ``fault`` is why they were not.
    Raises ``JudgeError`` where looking for them failed.
    """
    renderer = Renderer(extensions(policy))
    corpus = read_corpus(policy, paths, draft=Drafting(renderer))
    trees = compose(corpus, policy, now, renderer)
    found = in_order([*_findings(corpus, trees.values()), *craft(corpus, now)])
    outcome = Outcome(found, others=corpus.others, checked=len(corpus.documents))
    if corpus.whole and corpus.documents:
        try:
            repeated = repetitions(policy, os.environ)
        except RecordError as error:
            outcome.fault = f"{error}; repetitions were not looked for"
        else:
            refused = {one.place.path for one in outcome.findings if one.severity is Severity.ERROR}
            new = [one for one in repeated if one.place.path not in refused]  # those are not published as they are
            outcome.findings = in_order([*outcome.findings, *new])
    return outcome


def stage_tree(policy: Policy, edition: Edition, out: Path, now: dt.datetime, how: How) -> Outcome:
    """Write one edition's staged tree to ``out``, replacing an older one. Raises ``TargetError`` and ``PaperError``."""
    refuse_overlap(policy, out)
    if out.is_dir() and any(out.iterdir()) and not ((out / "docs").is_dir() and (out / "mkdocs.yml").is_file()):
        raise TargetError(f"{out} is not empty, and not a staged tree")
    outcome, trees = composed(policy, now, how, papers=wanted(policy))
    if outcome.refused:
        return outcome
    with private_folder(out.parent) as private:
        write(trees[edition.name], private.path / "stage")
        exchange(private.path / "stage", out)
    outcome.sites.append(out)
    return outcome


def build(  # noqa: PLR0913, PLR0917 - the command's options
    policy: Policy, editions: Sequence[Edition], out: Path, now: dt.datetime, say: Say, how: How
) -> Outcome:
    """Build and publish ``out/site-<edition>`` and its manifest for each edition, all or none.

    Where nothing has changed since the last build, nothing is done. Raises as ``made`` does, and ``TargetError`` where
    ``out`` cannot be written.
    """
    for edition in editions:
        refuse_overlap(policy, out / f"site-{edition.name}")
        _refuse_other_things(out / f"site-{edition.name}")
    papers = wanted(policy, say)
    last = Last(policy.root / CACHE / FULL_SIDE, _asked(editions, policy, how, papers=papers), _inputs(policy), out)
    if how.anew:
        for name in (FULL_SIDE, *policy.editions):
            shutil.rmtree(policy.root / CACHE / name, ignore_errors=True)
    came = last.stands(now)
    if came is not None:
        said = spelled(came.built.astimezone(policy.zone))
        say(f"Nothing has changed since the build of {said}; the sites stay as they are")
        outcome = Outcome([*came.findings], held=[*came.held], checked=came.checked, stays=True)
        outcome.sites += [out / f"site-{edition.name}" for edition in editions]
    else:
        outcome = _built_anew(policy, editions, out, now, say, how, last, papers=papers)
    if outcome.sites and (policy.signing is None or policy.signing.key is None):
        say("The manifests are unsigned, and `tearline publish` takes none: no signing key is configured")
    return outcome


def _built_anew(  # noqa: PLR0913, PLR0917 - likewise
    policy: Policy, editions: Sequence[Edition], out: Path, now: dt.datetime, say: Say, how: How, last: Last,
    *, papers: bool,
) -> Outcome:  # fmt: skip
    """Build and publish, and keep for the next time what it came to."""
    last.begin()
    with made(policy, editions, out, now, say, how, papers=papers) as built:
        outcome = built.outcome
        if built.private is not None and not outcome.refused:
            say("Putting the sites in place")
            with locked(out):  # two builds end one after the other
                sweep(out)
                commit(built.private.path, built.changes)
                files = {one.name: digest_at(out / one.name) for one in built.changes if not one.tree}
            last.end(Came(now, built.lasts, built.seen, files, outcome.findings, outcome.held, outcome.checked))
            outcome.sites += [out / f"site-{edition.name}" for edition in editions]
    return outcome


def _asked(editions: Iterable[Edition], policy: Policy, how: How, *, papers: bool) -> list[str]:
    """All that decides about a build beside the bytes of what it reads and the clock.

    A moment that somebody names is meant to the second.
    """
    given = [os.environ.get(name, "") for name in ("SOURCE_DATE_EPOCH", KEY)]
    asked = [identity(), policy.edition, *(f"edition {one.name}" for one in editions), *given]
    return [*asked, f"hold {how.hold} strict {how.strict}", paper.identity() if papers else ""]


@dataclass(slots=True)
class Made:
    """What was built in a private folder: the sites with their manifests, as changes to be carried out beside it.

    There is no folder where the sources were refused. ``signed``: the manifests are. ``seen`` is the evidence of each
    site by name; ``lasts`` until when its pages say what is so.
    """

    outcome: Outcome
    private: Private | None = None
    changes: list[Change] = field(default_factory=list)
    signed: bool = False
    seen: dict[str, Evidence] = field(default_factory=dict)
    lasts: dt.datetime = _NEVER


@contextmanager
def made(  # noqa: PLR0913, PLR0917 - what a build is made from
    policy: Policy, editions: Sequence[Edition], beside: Path, now: dt.datetime, say: Say, how: How, *, papers: bool
) -> Iterator[Made]:
    """The editions' sites, rendered, verified and sealed in a private folder below ``beside``, gone afterwards.

    A sanitized edition is verified against the full one too, which is rendered for that where it was not asked for.
    With ``papers`` there is a PDF beside every bulletin.
    Raises ``RenderError`` where the renderer fails, ``JudgeError`` where the verifier does, ``RecordError`` where the
    record of accepted repetitions cannot be used, ``TargetError`` where ``beside`` cannot be written, ``KeyFault``
    where the signing key cannot be used. Without a key the manifests are unsigned.
    """
    key = signing_key(policy, editions)
    say("Reading the sources")
    before = fingerprint(_read_from(policy))
    outcome, trees = composed(policy, now, how, say, papers=papers)
    if outcome.refused:
        yield Made(outcome)
        return
    chosen = [trees[edition.name] for edition in editions]
    fullest = next((tree for tree in trees.values() if tree.edition.releases is None), None)
    witness = [fullest] if fullest is not None and fullest not in chosen and any(map(sanitized, editions)) else []
    with private_folder(beside) as private, ExitStack() as stores:
        trials = [stores.enter_context(on_trial(policy.root / CACHE / one.edition.name)) for one in (*chosen, *witness)]
        say(f"Rendering {', '.join(f'{one.edition.name} ({one.bulletins} bulletins)' for one in chosen)}")
        built = rendered(
            [*chosen, *witness],
            policy,
            private,
            now,
            cache=policy.root / CACHE,
            clusters=how.clusters,
            watch=how.watch,
            say=say,
        )
        if papers:
            say("Making PDFs")
            print_papers([(one.rendering, one.tree.edition) for one in built[: len(chosen)]], policy, private.lock)
        full = next((one.site for one in built if one.tree is fullest), None)
        say("Verifying the built bytes")
        staged = stages(trees.values(), built, private)
        read = verified(built[: len(chosen)], policy, full, staged, beside)
        sealed = each(lambda at: _sealed(read[at], policy, now, key, private), range(len(read)), at_a_time=1)
        found = [
            *chain.from_iterable(one.findings for one in read),
            *chain.from_iterable(one.findings for one in sealed),
        ]
        if fingerprint(_read_from(policy)) != before:  # the verifier may have read others than we did
            found.append(finding("sources-changed", Place(policy.sources.name)))
        outcome.findings = in_order([*outcome.findings, *found])
        outcome.refused = refuses(found)
        for passed in () if outcome.refused else trials:
            passed()
        turns = [tree.turn for tree in trees.values() if tree.turn is not None]
        changes = [change for one in sealed for change in one.changes]
        seen = {one.name: site.seen for one, site in zip(read, sealed, strict=True)}
        yield Made(outcome, private, changes, key is not None, seen, lasts(now, policy.zone, turns))
        if not outcome.refused:
            left_over(built, policy, policy.root / CACHE)


@dataclass(slots=True)
class _Sealed:
    """The evidence of a site, the changes that put it in place with its manifest, and why there are none."""

    seen: Evidence
    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def _sealed(read: Read, policy: Policy, now: dt.datetime, key: Ed25519PrivateKey | None, private: Private) -> _Sealed:
    """Write manifest and signature into the private folder.

    A site that changed since it was read gets findings and no manifest.
    """
    made = _Sealed(Evidence.of([read.site], disk_clock(private.path)))  # before it is looked at once more
    if changed := differences(read.taken.entries, take_inventory(read.site, read.name, before=read.taken), read.name):
        made.findings += changed
        return made
    edition, recalled = read.tree.edition, read.tree.recalled
    manifest = seal(read.site, read.taken, policy, edition, built=moment(now), recalled=recalled, said=read.verdict)
    if manifest.faults:  # the verifier read other bytes than we did
        made.findings.append(finding("file-changed", Place(read.name), "the verifier read other bytes"))
    data = manifest.to_bytes()
    path, name = read.site.with_name("manifest.json"), f"{read.name}.manifest.json"
    path.write_bytes(data)
    made.changes += [Change.of(private.path, read.site, read.name), Change.of(private.path, path, name)]
    if key is None:
        made.changes.append(Change(f"{name}.sig"))
        return made
    signed = path.with_name("manifest.json.sig")
    signed.write_bytes(signature(data, key))
    made.changes.append(Change.of(private.path, signed, f"{name}.sig"))
    return made


@undisturbed()
def composed(
    policy: Policy, now: dt.datetime, how: How, say: Say = lambda _: None, *, papers: bool = False
) -> tuple[Outcome, dict[str, Tree]]:
    """The trees of all editions: what one of them refuses is refused for every one.

    With ``hold``, documents that are refused are left out, on whatever step that shows.
    """
    folder = policy.root / CACHE / FULL_SIDE
    proofs = Shelf(folder, "proofs")
    proved = proofs.keys()
    renderer = Renderer(extensions(policy), proved)
    with shelf(folder, "records") as records:
        corpus = read_corpus(policy, (), records, Drafting(renderer), how.watch)
    say("Composing and proving the pages")
    with shelf(folder, "bodies") as bodies:
        for key, draft in corpus.drafts.items():
            bodies.put(key, draft)
        attempt = partial(compose, corpus, policy, now, renderer, bodies, papers=papers, offline=how.offline)
        while True:
            trees = attempt(watch=how.watch)
            found = _findings(corpus, trees.values())
            late = {path for tree in trees.values() for path in tree.refused}
            if not (how.hold and corpus.hold(late, found)):
                break
    for key in set(renderer.held) - proved:
        proofs.put(key, b"")
    proofs.use(renderer.held)
    proofs.close()
    fatal = [one for one in found if not how.hold or one.place.path not in corpus.refused]
    outcome = Outcome(found, held=sorted(corpus.refused) if how.hold else [], checked=len(corpus.documents))
    nothing_left = not corpus.bulletins and not corpus.pages
    outcome.refused = nothing_left or refuses(fatal) or (how.strict and refuses(found, strict=True))
    return outcome, trees


def _findings(corpus: Corpus, trees: Iterable[Tree]) -> list[Finding]:
    return in_order([*corpus.findings, *(one for tree in trees for one in tree.findings)])


def _read_from(policy: Policy) -> list[Path]:
    """What pages are made from."""
    return [policy.path, policy.sources, policy.custom_dir]


def _inputs(policy: Policy) -> list[Path]:
    """All that a build reads: also what was accepted, with its key, and what it signs with."""
    keys = [] if policy.signing is None else [policy.signing.key, policy.signing.signers]
    accepted = [policy.root / RECORD, Path(os.environ[KEY]) if os.environ.get(KEY) else None]
    return [*_read_from(policy), *(one for one in (*keys, *accepted) if one is not None)]


def refuse_overlap(policy: Policy, target: Path) -> None:
    """Nothing is written over or into what a build reads, or what MkDocs would publish. Raises ``TargetError``."""
    target = target.resolve()
    for folder, what in (
        (policy.sources, "the sources"),
        (policy.custom_dir, "the theme's folder"),
        (policy.docs_dir, "docs_dir"),
    ):
        other = folder.resolve()
        if target.is_relative_to(other) or other.is_relative_to(target):
            raise TargetError(f"{target} and {what} overlap")
    if policy.root.resolve().is_relative_to(target):
        raise TargetError(f"{target} holds the site's configuration")


def _refuse_other_things(target: Path) -> None:
    """A folder that is no site is somebody's, whatever it is called. Raises ``TargetError``."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise TargetError(f"{target} is not a folder, and is not replaced")
    sealed = target.with_name(f"{target.name}.manifest.json")
    if target.is_dir() and any(target.iterdir()) and not ((target / "404.html").is_file() or sealed.is_file()):
        raise TargetError(f"{target} is not empty, and not a site")
