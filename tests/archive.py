"""Archives of any size, made from a seed: whole site folders to build, to time and to search.

    python tests/archive.py 1000 FOLDER        a site of a thousand bulletins; `tearline build` there builds it

Bulletins are of about a thousand words and hold every kind of portion and all front matter that the sample has, assets
aside. A third withholds something from the EOC edition, most of it with wording in its place. The same number and seed
give the same bytes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive_words import ASKED, COUNTIES, JUDGED, NOUNS, PLATES, QUALITIES, SAID, SEEN, WITHHELD, Vocabulary, Writer

ROOT: Final = Path(__file__).resolve().parents[1]
FIRST: Final = dt.date(2021, 1, 4)
LAST: Final = dt.date(2026, 11, 22)  # the day before the sites of the tests are built for
LENGTH: Final = 1000  # words
_WIDTH: Final = 118
_PRODUCTS: Final = (
    "alert bulletin situational-awareness special-event threat-assessment officer-safety roll-call fire-line weather "
    "after-action rfi-response"
).split()
_HAZARDS: Final = (
    "flood severe-weather winter-storm wildfire earthquake hurricane tornado extreme-heat drought dam-failure hazmat "
    "radiological public-health animal-disease infrastructure-failure power-outage water-contamination transportation "
    "mass-gathering uas"
).split()
_LIFELINES: Final = (
    "safety-and-security food-hydration-shelter health-and-medical energy communications transportation "
    "hazardous-materials water-systems"
).split()
_KINDS: Final = ("info", "warning", "danger", "note")


@dataclass(frozen=True, slots=True)
class Number:
    """Which bulletin of an archive: its place in it, its day, and its product number."""

    at: int
    day: dt.date
    name: str


def numbers(count: int) -> list[Number]:
    """The bulletins of an archive of this size, spread evenly over the years."""
    days, in_year, found = (LAST - FIRST).days, dict.fromkeys(range(FIRST.year, LAST.year + 1), 0), []
    for at in range(count):
        day = FIRST + dt.timedelta(days=days * (at + 1) // count)
        in_year[day.year] += 1
        found.append(Number(at, day, f"IB-{day.year}-{in_year[day.year]:03d}"))
    return found


def bulletins(count: int, seed: int = 0) -> Iterator[tuple[str, str]]:
    """Each bulletin's path below the sources, and its text."""
    all_of_them, vocabulary = numbers(count), Vocabulary()
    for one in all_of_them:
        chance = random.Random(f"{seed}/{one.at}")  # noqa: S311 - the same bulletins in every run
        writer = Writer(vocabulary, chance, one.at)
        draft = Draft(one, all_of_them[max(0, one.at - 60) : one.at], chance, writer)
        text = draft.text()
        yield f"{one.day.year}/{one.name.lower()}-{draft.hazards[0]}.md", text


class Draft:
    """One bulletin while it is written."""

    def __init__(self, number: Number, earlier: Sequence[Number], chance: random.Random, writer: Writer) -> None:
        self.number, self._earlier, self._chance, self._writer = number, earlier, chance, writer
        self.hazards = chance.sample(_HAZARDS, chance.randint(1, 3))
        self.secret = self._often(1 / 3)
        self._for_official_use = not self.secret and self._often(0.3)
        self._notes: list[str] = []

    def text(self) -> str:
        """The whole file."""
        parts = [*self._front(), "", *self._body()]
        return "\n".join(parts) + "\n"

    # --- front matter ---------------------------------------------------------------------------------------

    def _front(self) -> Iterator[str]:
        say, chance, day = self._writer.say, self._chance, self.number.day
        subject = f"{chance.choice(QUALITIES).capitalize()} {chance.choice(NOUNS)} and {chance.choice(NOUNS)}"
        counties = chance.sample(COUNTIES, chance.randint(1, 3))
        where = " and ".join(f"{one.capitalize()} County" for one in counties)
        product = chance.choice(_PRODUCTS)
        yield from ("---", f"id: {self.number.name}")
        if self.secret and self._often(0.25):
            yield f'title: "(U//LES) {subject}, {say(PLATES)}"'
            yield f'title_released: "(U) {subject}, {where}"'
        else:
            yield f'title: "(U) {subject}, {where}"'
        yield f'summary: "(U) {say(SAID, 2)}"'
        yield f'area: "(U) {where}"'
        yield from (
            f"date: {day} {chance.randint(6, 11):02d}:{chance.randint(0, 5)}0 EST",
            f"information_cutoff: {day}",
        )
        priority = chance.choice(("urgent", "priority", "routine", "routine"))
        if priority == "urgent" or self._often(0.2):
            yield f"in_effect_until: {day + dt.timedelta(days=chance.randint(2, 20))} 18:00 EST"
        yield f"review_by: {day + dt.timedelta(days=365)}"
        yield f"marking: {'U//LES' if self.secret else 'U//FOUO' if self._for_official_use else 'U'}"
        yield from (f"product: {product}", f"priority: {priority}")
        yield f"hazards: [{', '.join(self.hazards)}]"
        yield f"lifelines: [{', '.join(chance.sample(_LIFELINES, chance.randint(1, 3)))}]"
        yield f"regions: [{', '.join(counties)}]"
        yield f"hsec_sins: [HSEC-2{', {marking: U//LES, value: HSEC-9}' if self.secret else ''}]"
        if product == "alert" or self._often(0.2):
            yield f'action: "(U) {say(ASKED)}."'
        yield f'contact: "(U) {self._desk()}"'
        yield from self._history()
        yield "---"

    def _history(self) -> Iterator[str]:
        """How a bulletin came to be what it is, and what else there is to read."""
        say, chance, day, earlier = self._writer.say, self._chance, self.number.day, self._earlier
        if self.number.at % 12 == 11:
            yield f"supersedes: [{earlier[-chance.randint(1, min(11, len(earlier)))].name}]"
        if len(earlier) > 2 and self._often(0.3):
            yield f"related: [{', '.join(one.name for one in chance.sample(earlier, 2))}]"
        if self._often(0.15):
            yield "revised:"
            for later in range(1, chance.randint(2, 3)):
                mark = "(U//LES)" if self.secret and later == 2 else "(U)"
                change = say(WITHHELD if mark != "(U)" else SEEN)
                at = day + dt.timedelta(hours=later)
                yield f'  - at: {at} 1{1 + later}:30 EST\n    change: "{mark} Updated: {change.rstrip(".")}."'
        if self._often(0.01):
            yield f"recalled: {day}"

    # --- body -----------------------------------------------------------------------------------------------

    def _body(self) -> list[str]:
        found = [_wrapped(f"(U) **Scope note.** {self._writer.say(SAID, 2)}"), *self._judgments(), *self._known()]
        if self.secret:
            found += self._case()
        found += [*self._indicators(), *self._asked()]
        if self._often(0.25):
            found += self._log()
        end = ["## (U) Source summary", *self._paragraphs(1, 3)]
        end.append(f"(U) **Reporting notice.** Life at risk: 911. All else: {self._desk()}.")
        found += ["## (U) Outlook", *self._paragraphs(1, 3)]
        while sum(len(part.split()) for part in (*found, *end, *self._notes)) < LENGTH - 120:  # those of front matter
            found += self._paragraphs(1, self._chance.randint(2, 5))
        if self._earlier and self._often(0.5):
            other = self._chance.choice(self._earlier).name
            found += [_wrapped(f"(U) What was known before stands in [{other}]({other}). {self._writer.say(SAID)}")]
        return ["\n\n".join((*found, *end, *self._notes))]

    def _judgments(self) -> Iterator[str]:
        yield "## (U) Key judgments"
        items = [f"(U) {self._writer.say(JUDGED)}" for _ in range(self._chance.randint(2, 4))]
        if self.secret and self._often(0.5):
            items.append(f"(U//LES) {self._writer.say(WITHHELD)}")
            yield _items(items, numbered=True)
            yield self._instead(1)
        else:
            yield _items(items, numbered=True)

    def _known(self) -> Iterator[str]:
        yield "## (U) What we know"
        yield from self._paragraphs(self._chance.randint(1, 2), 3)
        if self._for_official_use:
            yield _wrapped(f"(U//FOUO) {self._writer.say(SAID, 2)}")
        if self._often(0.7):
            yield self._table()
        if self._often(0.4):
            yield "\n".join(f"> {line}" for line in _wrapped(f"(U) {self._writer.say(SAID, 2)}").split("\n"))
        yield from self._paragraphs(1, 2, note=self._often(0.6))
        if self._often(0.3):
            yield "### (U) What has changed"
            yield from self._paragraphs(1, 3)

    def _table(self) -> str:
        say, chance = self._writer.say, self._chance
        lead = self.secret and self._often(0.5)
        rows = [f"| (U) Place | Day | Number | {'(U//LES) Lead' if lead else 'Remark'} |", "|---|---|---|---|"]
        for _ in range(chance.randint(3, 7)):
            where, day, number = say(("{p}",)), say(("{w}",)), say(("{q}",))
            rows.append(f"| (U) {where} | {day} | {number} | {say(PLATES if lead else SEEN)} |")
        if self.secret:
            rows.append(f"| (U//LES) {say(('Hideout {k}',))} | {say(('{w}',))} | {say(('{k}',))} | {say(PLATES)} |")
        return "\n".join(rows)

    def _case(self) -> Iterator[str]:
        """What the EOC edition does not see, mostly with wording in its place."""
        if self._often(0.5):
            yield "## (U//LES) " + self._writer.say(("Suspect {l} and accomplice {l}",))
            yield _wrapped(f"(U//LES) {self._writer.say(WITHHELD, 3)}")
        yield _wrapped(f"(U//LES) {self._writer.say(WITHHELD, self._chance.randint(2, 4))}")
        if self._often(0.8):
            yield self._instead(2)
        yield "## (U) What else is known"
        name = self._writer.say(("{f} {l}",))
        yield _wrapped(
            f'(U) A resident, [{name}](U//LES "who asked not to be named"), called. {self._writer.say(SAID, 2)}'
        )

    def _instead(self, sentences: int) -> str:
        return "!!! tearline\n" + _wrapped(f"(U) {self._writer.say(SAID, sentences)}", "    ")

    def _indicators(self) -> Iterator[str]:
        say, chance = self._writer.say, self._chance
        yield "## (U) Indicators"
        lines = []
        for _ in range(chance.randint(4, 6)):
            lines.append(f"- (U) {say(SEEN)}.")
            lines += [f"    - (U) {say(SEEN)}." for _ in range(chance.randint(0, 2))]
        if self.secret and self._often(0.5):
            lines.append(f"- (U//LES) {say(PLATES)}.")
        yield "\n".join(lines)

    def _asked(self) -> Iterator[str]:
        say, chance = self._writer.say, self._chance
        yield "## (U) Implications for emergency management"
        yield f'!!! {chance.choice(_KINDS)} "(U) Decide today"\n' + _items(
            [f"(U) {say(ASKED)}." for _ in range(3)], "    "
        )
        yield _wrapped(f"(U) {say(SAID)} The EOC is asked to:")
        yield "\n".join(f"- {say(ASKED)}." for _ in range(chance.randint(3, 6)))

    def _log(self) -> Iterator[str]:
        yield "## (U) From the log"
        times = sorted(f"{self._chance.randint(0, 23):02d}:{self._chance.randint(0, 59):02d}" for _ in range(5))
        lines = [f"{at}  {self._writer.say(('{n}  state={d}  count={q}',)).lower()}" for at in times]
        yield "\n".join(['```text title="(U) Extract"', *lines, "```"])

    def _paragraphs(self, count: int, sentences: int, *, note: bool = False) -> Iterator[str]:
        for _ in range(count):
            said = self._writer.say(SAID, sentences)
            if note:
                self._notes.append(f"[^n{len(self._notes) + 1}]: (U) {self._writer.say(SAID)}")
                said += f"[^n{len(self._notes)}]"
            yield _wrapped(f"(U) {said}")

    def _desk(self) -> str:
        return f"watch desk, 555-01{self._chance.randint(10, 99)}"

    def _often(self, share: float) -> bool:
        return self._chance.random() < share


def _items(items: Sequence[str], indent: str = "", *, numbered: bool = False) -> str:
    return "\n".join(f"{indent}{f'{at}.' if numbered else '-'} {item}" for at, item in enumerate(items, 1))


def _wrapped(text: str, indent: str = "") -> str:
    """As authors' editors break lines; a mark's own line is never broken inside of it."""
    return textwrap.fill(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def write_site(folder: Path, count: int, seed: int = 0) -> Path:
    """A site in a new folder: the project's configuration, theme and pages, and so many bulletins. Its configuration.

    PDFs are off. Raises ``FileExistsError`` where there is something already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("overrides", "plugins/placeholder", "bulletins/about", "bulletins/guides"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "bulletins" / "index.md", folder / "bulletins")
    config = folder / "mkdocs.yml"
    said = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    config.write_text(said.replace("pdf: auto", "pdf: false"), encoding="utf-8")
    for name, text in bulletins(count, seed):
        path = folder / "bulletins" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return config


def main() -> None:
    asked = argparse.ArgumentParser(description="Make the site folder of an archive.")
    asked.add_argument("count", type=int, help="how many bulletins")
    asked.add_argument("folder", type=Path, help="the folder to make")
    asked.add_argument("--seed", type=int, default=0)
    chosen = asked.parse_args()
    try:
        write_site(chosen.folder, chosen.count, chosen.seed)
    except FileExistsError as error:
        sys.exit(f"{error.filename} is there already: name a folder that is not.")


if __name__ == "__main__":
    main()
