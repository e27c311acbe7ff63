"""Does it work, here and today? Random canaries in every kind of withheld place of a copy of somebody's site.

    canaries    words, names and numbers of nobody
    marks       what an edition withholds
    templates   every kind of withheld place
    documents   the places, with a canary in each
    reading     a plain search
    encodings   ways of putting a canary back into a built site
    page        the result on a page

The copy is built as the site would be: none of the canaries may be in any byte of the sanitized edition, all of those
that are published have to be in the full one, and the verifier has to report each one that is put back afterwards.
Nothing is left behind, and the site itself is only read.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from tearline.build import How, Outcome, build, stage_tree
from tearline.commit import Private, private_folder
from tearline.findings import Finding, refuses
from tearline.judging import start_judging
from tearline.policy import Edition, Policy, load_policy
from tearline.render import start_rendering
from tearline.selftest.canaries import Canary, Sower
from tearline.selftest.documents import Ground, Writer
from tearline.selftest.encodings import NAMED, Plant, plant
from tearline.selftest.marks import Range, ranges
from tearline.selftest.reading import Haystack

_COPIED: Final = ("approvals",)  # beside what the policy names
_PATH: Final = re.compile(r"\S*/\S*")
_HIDDEN: Final = "(withheld name)"  # how the verifier gives a name that says what is withheld
_FIRST: Final = 900_000_000  # a product number that nobody has
Say = Callable[[str], None]


class SelfTestError(Exception):
    """A site or an edition that cannot be tested, in one line."""


@dataclass(slots=True)
class Result:
    """What came of it.

    ``leaked``: in the sanitized edition; ``missing``: not in the full one; ``astray``: in that, though no edition has
    them. ``full`` is None where there is no such edition. ``refusals`` say why a build was refused.
    """

    edition: str
    seed: int
    marks: tuple[str, ...]
    canaries: list[Canary]
    full: str | None
    leaked: set[Canary] = field(default_factory=set)
    missing: set[Canary] = field(default_factory=set)
    astray: set[Canary] = field(default_factory=set)
    plants: list[Plant] = field(default_factory=list)
    found: set[Plant] = field(default_factory=set)
    refusals: list[Finding] = field(default_factory=list)
    built: bool = False

    @property
    def passed(self) -> bool:
        """Whether everything was as it has to be, and something was looked at."""
        looked = self.built and bool(self.canaries) and bool(self.plants) and len(self.found) == len(self.plants)
        return looked and not (self.leaked or self.missing or self.astray or self.refusals)


@dataclass(frozen=True, slots=True)
class _Site:
    """A site beside its stage and its log, as the verifier takes them."""

    site: Path
    stage: Path
    log: Path


def selftest(  # noqa: PLR0913, PLR0917 - what a build depends on
    policy: Policy, edition: Edition, seed: int, now: dt.datetime, environ: Mapping[str, str], say: Say
) -> Result:
    """Test what comes of the site for one edition.

    Raises ``SelfTestError`` where there is nothing to test, and what ``build`` raises.
    """
    marks = tuple(ranges(policy, edition))
    if not marks:
        raise SelfTestError(f"the edition {edition.name} withholds no mark, or shows none")
    with private_folder(policy.root) as private:
        root = private.path / "site"
        say("Sowing canaries in a copy of the site")
        _copy(policy, root)
        sower = Sower(seed, Haystack.of(root).has)
        sources = root / policy.sources.relative_to(policy.root)
        for name, data in Writer(_ground(policy, marks, now), sower).files().items():
            path = sources / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        copied = _policy(root / policy.path.relative_to(policy.root), environ)
        full = next((one.name for one in copied.editions.values() if not one.sanitized), None)
        high = tuple(str(mark) for each in marks for mark in each.high)
        result = Result(edition.name, seed, high, sower.sown, full)
        _Trial(copied, copied.editions[edition.name], result, private, now, environ, say).run()
    return result


def _ground(policy: Policy, marks: tuple[Range, ...], now: dt.datetime) -> Ground:
    """What the site lets us write."""
    return Ground(_numbers(policy, now), marks, _page(policy), policy.inline_portions, not policy.require_item_marks)


@dataclass(frozen=True, slots=True)
class _Trial:
    """The copy at work."""

    policy: Policy
    edition: Edition
    result: Result
    private: Private
    now: dt.datetime
    environ: Mapping[str, str]
    say: Say

    def run(self) -> None:
        """Stage, build, search, put back, verify."""
        stage, out = self.private.path / "stage", self.private.path / "out"
        said: list[str] = []
        staged = stage_tree(self.policy, self.edition, stage, self.now, How(hold=True))
        if self.unusable(staged):
            return
        self.search(Haystack.of(stage))
        editions = [one for name, one in self.policy.editions.items() if name in {self.edition.name, self.result.full}]

        def step(line: str) -> None:
            said.append(line)
            self.say(line)

        outcome = build(self.policy, editions, out, self.now, step, How(hold=True))
        told = [f"{one.detail} {one.portion}" for one in outcome.findings]
        self.search(Haystack(*said, *(_PATH.sub("", each) for each in told)))  # findings do name their sources
        if self.unusable(outcome):
            return
        self.result.built = True
        self.search(Haystack.of(out / f"site-{self.edition.name}", out / f"site-{self.edition.name}.manifest.json"))
        self.search_full(out)
        self.put_back(stage, out)

    def unusable(self, outcome: Outcome) -> bool:
        """Whether a build was refused; the findings then tell why."""
        if outcome.refused:
            held = set(outcome.held)
            wrong = [one for one in outcome.findings if refuses([one]) and one.place.path not in held]
            self.result.refusals += [one for one in wrong if one not in self.result.refusals]
        return outcome.refused

    def search(self, haystack: Haystack) -> None:
        """Nothing that was sown may be in what the sanitized edition is made of."""
        self.result.leaked |= haystack.leaked(self.result.canaries)

    def search_full(self, out: Path) -> None:
        """Where everything is released, everything that is published has to be there, and nothing else."""
        if self.result.full is None:
            return
        haystack = Haystack.of(out / f"site-{self.result.full}")
        self.result.missing |= {one for one in self.result.canaries if one.published and not haystack.shows(one)}
        self.result.astray |= {one for one in self.result.canaries if not one.published and haystack.leaks(one)}

    def put_back(self, stage: Path, out: Path) -> None:
        """Put each canary into the built site in each encoding, and see what the verifier says."""
        name = f"site-{self.edition.name}"
        planted = self.private.path / "planted" / name
        shutil.copytree(out / name, planted)
        self.result.plants += plant(planted, [one for one in self.result.canaries if one.legible])
        self.say(f"Verifying {len(self.result.plants)} canaries that were put back")
        site = _Site(planted, stage, self.private.path / "log")
        start_rendering(stage, self.private.path / "again", site.log, self.now, self.private.lock).finish()
        self.search(Haystack.of(site.log))
        full = out / f"site-{self.result.full}" if self.result.full is not None else None
        judged = start_judging(site, self.policy, self.edition, full, self.environ, stages={}).finish()
        reported = {one.place.path for one in judged.findings if one.rule.name == "withheld-words"}
        self.result.found |= {one for one in self.result.plants if f"{name}/{_shown(one)}" in reported}


def _shown(one: Plant) -> str:
    """A plant's path as findings give it."""
    return f"{one.path.rpartition('/')[0]}/{_HIDDEN}" if one.encoding == NAMED else one.path


def _copy(policy: Policy, root: Path) -> None:
    """The parts of a site that a build reads. Raises ``SelfTestError`` where they are in several places."""
    wanted = [policy.sources, policy.custom_dir, policy.docs_dir, *(policy.root / name for name in _COPIED)]
    for path in (policy.path, *wanted):
        if not path.is_relative_to(policy.root) or path == policy.root:
            raise SelfTestError(f"{path.name} has to be in a folder below that of the configuration")
    for path in filter(Path.is_dir, wanted):
        target = root / path.relative_to(policy.root)
        shutil.copytree(path, target, symlinks=True, dirs_exist_ok=True)
    shutil.copyfile(policy.path, root / policy.path.relative_to(policy.root))


def _policy(path: Path, environ: Mapping[str, str]) -> Policy:
    """The copy's policy; it signs nothing. Raises ``SelfTestError`` where the copy cannot be read as the site was."""
    policy, _ = load_policy(path, environ)
    if policy is None:
        raise SelfTestError("the configuration cannot be read from a copy of the site")
    return replace(policy, signing=None)


def _numbers(policy: Policy, now: dt.datetime) -> Iterator[str]:
    """Product numbers of the site's own pattern that no bulletin has."""
    shape = policy.id_pattern.pattern.split("|")[0].replace("([0-9]{4})", f"{now:%Y}")
    number = _FIRST
    while True:
        number += 1
        yield re.sub(r"\\(.)", r"\1", shape.replace("[0-9]{1,9}", str(number)))


def _page(policy: Policy) -> str | None:
    """A path at which the policy lets an unmarked page stand."""
    for pattern in policy.pages:
        path = pattern.replace("**", "self-test").replace("*", "self-test")
        path = path if path.endswith(".md") else f"{path}.md"
        if policy.is_page(path) and not (policy.sources / path).exists():
            return path
    return None
