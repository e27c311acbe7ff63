"""The words of a made archive: sentences of a fusion center's kind, drawn from a seed, no two bulletins alike.

Words are as unevenly used as in real text: a few often, thousands now and then, so that an index made of them has the
size of a real one. What is withheld says a word of ``CASE`` or a name or number of its own at least every few words,
and released text never does. So nothing withheld is repeated in released text, in an archive of any size.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Final

_SYLLABLES: Final = (
    "al bar cor dun el fal gar hol is kest lor mar nor or pen quill ros sten tarr ul ver wex yar zan".split()
)
_PLACE: Final = "ford mere wick holm dale stow thorpe combe leigh hurst".split()
_PERSON: Final = "sky vich nen quist ssen zik brook vane lund worth".split()
_MIXED: Final = 7919  # has no factor in common with the numbers of syllables: neighbours are not alike
_PLACES: Final = 24000  # names of places, firms and streets that an archive of any size draws from
_ABSTRACT: Final = re.compile(r"[a-z]{3,}(?:tion|ment|ance|ency|ure|ship)")
_QUALITY: Final = re.compile(r"[a-z]{3,}(?:ive|ous|ical|less|able)")
# Words that are a mark's, or that a reader of such a site would stumble over.
_LEFT_OUT: Final = re.compile(r".*(?:classif|confiden|libid|sex|racis|erot|castr|abort|mastur|copul|prostit|execut).*")

NOUNS: Final[Sequence[str]] = (
    "bridge road pump generator levee shelter hospital school culvert tower substation valve tank siren warehouse "
    "depot ferry tunnel clinic dock crane fence gate boat truck trailer cable antenna dispatcher driver engineer "
    "crew volunteer nurse farmer pilot utility county district network server telephone radio battery transformer "
    "feeder pipeline well reservoir intake channel gauge forecast crest storm wind hail ice snow drought heat smoke "
    "ember ridge slope canyon valley harbor marina beach island orchard barn herd flock silo mill elevator rail "
    "siding yard switch crossing station terminal runway hangar drone camera sensor alarm lock key badge permit map "
    "chart plan drill exercise table message notice poster phone desk ledger roster shift supply pallet bottle "
    "blanket cot meal kitchen fuel diesel propane ammonia chlorine filter sample laboratory result dose ward "
    "ambulance helicopter engine ladder hose hydrant main meter bill account password update backup vendor "
    "contractor inspector broker dealer landlord tenant resident neighbor visitor tourist crowd parade stadium fair "
    "market stall parking detour barrier cone"
).split()
QUALITIES: Final[Sequence[str]] = (
    "old new small large early late northern southern eastern western upper lower main second third nearby distant "
    "wet dry cold warm high low narrow wide busy quiet open closed empty full rural urban local private public "
    "temporary permanent portable mobile fixed spare damaged intact flooded frozen burned dark bright heavy light "
    "slow fast"
).split()
DID: Final[Sequence[str]] = (
    "failed held opened closed moved stopped started flooded froze burned leaked collapsed returned changed slipped "
    "settled shifted cleared emptied filled broke drifted dropped rose fell spread narrowed widened recovered"
).split()
DO: Final[Sequence[str]] = (
    "check close open move guard inspect report repair replace test mark clear staff supply brief call count lock "
    "watch fuel drain secure record rehearse relocate stock label map escort shelter rotate review"
).split()
HOW: Final[Sequence[str]] = "likely very-likely unlikely very-unlikely roughly-even".split()
DAYS: Final[Sequence[str]] = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
COUNTIES: Final = ("brightwater", "callow", "halden", "orrin", "pell", "stonemere", "tamsin", "verrick")
CASE: Final[Sequence[str]] = (
    "suspect informant warrant accomplice burglar handgun wiretap stakeout detective pawnshop getaway hideout "
    "arrestee affidavit prosecutor indictment smuggler courier ringleader subpoena fugitive parolee lookout bribe"
).split()
_OFTEN: Final = ("at the time of writing", "in the last two weeks", "as in earlier years", "on the same day")

SAID: Final[Sequence[str]] = (
    "The {a} {n} at {p} {d} on {w}, and the {n} beside it {d} {q} hours later.",
    "Crews from {p} found the {n} {d} and the {a} {n} {a} but usable.",
    "Between {w} and {w}, {q} {n} reports came from {c}; {s} concern a {a} {n}.",
    "{s} of {q} calls named the {n} near {p}, where the {a} {n} had {d} before.",
    "The {x} of the {n} depends on a {y} {x}, which {p} tested {o}.",
    "A {y} {x} was agreed with the {n} operator at {p}.",
    "Readings at {p} were {q} percent above normal {o}, the {n} {d} and the {a} {n} {d}.",
    "The utility expects the {n} at {p} back by {w}; until then the {a} {n} carries {q} percent of the load.",
    "People in {p} and {p} should expect a {a} {n} and a {y} {x} until {w}.",
    "{p} has asked for {s} more {n} teams, and {c} can lend {s} of them.",
    "The {x} between {p} and {p} is {y}, so a {a} {n} there would isolate {q} households.",
    "Where the {n} {d}, the {a} {n} was checked within {q} minutes and the {x} noted.",
    "No {x} of the {n} was seen at {p}, though its {a} {n} {d} {o}.",
    "Staff at the {p} {n} describe the {x} as {y} and the {x} as {y}.",
    "The {n}, the {n} and the {a} {n} share one {n} at {p}.",
    "Our {x} rests on {q} reports, {s} of them from a {a} {n} near {p}.",
)
ASKED: Final[Sequence[str]] = (
    "{D} the {n} at {p} before {w}",
    "{D} every {a} {n} within {q} miles of {p}",
    "{D} the {x} with the {n} operator {o}",
    "{D} the {a} {n} and {i} the {n} beside it",
    "{D} {s} {n} crews for the {a} {n} at {p}",
    "{D} the {n} list, then {i} the {a} {n}",
)
SEEN: Final[Sequence[str]] = (
    "A {a} {n} that {d} without a {y} {x}",
    "A {n} beside the {a} {n}, most often near {p}",
    "Questions about the {n} or the {x} of a {a} {n}",
    "{s} or more {n} faults in one {a} district",
    "A {y} {x} in the {n} record",
)
JUDGED: Final[Sequence[str]] = (
    "A {a} {n} at {p} is {h} before {w}. Confidence is high, because the {n} there {d} {o}.",
    "It is {h} that the {n} and the {a} {n} fail together. Confidence is moderate, after {q} reports.",
    "A {y} {x} of the {n} is {h} this season. Confidence is low, since the {x} is {y}.",
)
WITHHELD: Final[Sequence[str]] = (
    "Detective {f} {l} watched suspect {f} {l} carry case {k} past informant {l}.",
    "Informant {f} {l} told detective {l} where accomplice {l} keeps handgun {k}.",
    "Warrant {k} covers suspect {l}, whose getaway pickup bears plate {k}, and accomplice {f} {l}.",
    "Prosecutor {l} wants affidavit {k} before detective {l} arrests parolee {f} {l} {o}.",
    "Suspect {f} {l} sold the {n} from hideout {k} through pawnshop {k}, ringleader {l} says.",
    "Wiretap {k} has courier {l} naming fugitive {f} {l} and lookout {l}.",
    "Subpoena {k} named smuggler {l}, arrestee {f} {l} and account {k}.",
)
PLATES: Final[Sequence[str]] = ("Suspect {l}, plate {k}", "Hideout {k}, lookout {l}", "Informant {l}, file {k}")


class Vocabulary:
    """What all bulletins of an archive share: the same words for every seed."""

    def __init__(self) -> None:
        listed = (files("tearline.verify") / "common.txt").read_text(encoding="utf-8")
        common = [word for line in listed.splitlines() if not line.startswith("#") for word in line.split()]
        fine = [word for word in common if not _LEFT_OUT.fullmatch(word) and word not in CASE]
        self.abstract = _shuffled([word for word in fine if _ABSTRACT.fullmatch(word)])
        self.quality = _shuffled([word for word in fine if _QUALITY.fullmatch(word)])
        self.places = [_name(number, _PLACE) for number in range(_PLACES)]


class Writer:
    """Writes the sentences of one bulletin. ``number`` keeps its withheld names and numbers apart from all others."""

    def __init__(self, vocabulary: Vocabulary, chance: random.Random, number: int) -> None:
        self._chance = chance
        self._fresh = number * _APART
        near = [_skewed(chance, vocabulary.places) for _ in range(8)]  # what one bulletin is about, it says again
        pick = chance.choice
        self._slots: Mapping[str, Callable[[], str]] = {
            "a": lambda: _skewed(chance, QUALITIES),
            "n": lambda: _skewed(chance, NOUNS),
            "x": lambda: _skewed(chance, vocabulary.abstract),
            "y": lambda: _skewed(chance, vocabulary.quality),
            "d": lambda: _skewed(chance, DID),
            "i": lambda: _skewed(chance, DO),
            "D": lambda: _skewed(chance, DO).capitalize(),
            "p": lambda: pick(near) if chance.random() < 0.7 else _skewed(chance, vocabulary.places),
            "c": lambda: f"{pick(COUNTIES).capitalize()} County",
            "q": lambda: str(int(2 + 900 * chance.random() ** 3)),
            "s": lambda: pick(("Two", "Three", "Four", "Five", "Six", "Seven")).lower(),
            "w": lambda: pick(DAYS),
            "h": lambda: pick(HOW).replace("-", " "),
            "o": lambda: pick(_OFTEN),
            "f": lambda: f"{chr(65 + int(26 * chance.random()))}.",
            "l": self._person,
            "k": self._number,
        }

    def say(self, patterns: Sequence[str], sentences: int = 1) -> str:
        """So many sentences of these kinds."""
        return " ".join(self._sentence(self._chance.choice(patterns)) for _ in range(sentences))

    def _sentence(self, pattern: str) -> str:
        said = "".join(self._slots[part]() if at % 2 else part for at, part in enumerate(_parts(pattern)))
        said = re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", said)
        return said[0].upper() + said[1:]

    def _person(self) -> str:
        """A surname that nobody else has."""
        self._fresh += 1
        return _name(self._fresh, _PERSON)

    def _number(self) -> str:
        """A plate or a file's number that stands nowhere else."""
        self._fresh += 1
        group, low = divmod(self._fresh, 9000)
        letters = "".join("BCDFGHJKLMNPQRSTVWXZ"[group // 20**place % 20] for place in range(3))
        return f"Q{letters}-{low + 1000}"


_APART: Final = 400  # names and numbers of one bulletin
_KNOWN: dict[str, list[str]] = {}


def _parts(pattern: str) -> list[str]:
    """The text and the slots of a pattern, in turn."""
    if pattern not in _KNOWN:
        _KNOWN[pattern] = re.split(r"\{(\w)\}", pattern)
    return _KNOWN[pattern]


def _skewed(chance: random.Random, known: Sequence[str]) -> str:
    """The first words often, the last ones seldom."""
    return known[int(len(known) * chance.random() ** 3)]


def _shuffled(known: list[str]) -> list[str]:
    """These words in an order that is no alphabet's, the same each time."""
    return random.Random("archive").sample(known, len(known))  # noqa: S311 - the same words in every run


def _name(number: int, endings: Sequence[str]) -> str:
    """A name for each number, none of them twice."""
    rest, end = divmod(number, len(endings))
    base = len(_SYLLABLES)
    said = ""
    scattered = (rest + 1) * _MIXED % base**2
    for _ in range(2):
        scattered, at = divmod(scattered, base)
        said += _SYLLABLES[at]
    more = rest // base**2
    while more:
        more, at = divmod(more - 1, base)
        said += _SYLLABLES[at]
    return (said + endings[end]).capitalize()
