"""Released -> what the theme is told about a page: banner, legend, notices, key facts, state, links.

Everything here is recomputed from released content (marking-language.md, section 7). The source is out of reach:
an ``Entry`` holds what the edition may see and nothing else, so an absent key can leave no trace.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from tearline.bulletin.metadata import When
from tearline.marking import Mark, join, lowest, open_mark, system
from tearline.policy import Edition, Policy
from tearline.release import FACETS, Released, Shown

EXERCISE: Final = "EXERCISE EXERCISE EXERCISE: everything on this site is fictional"
WITHHELD: Final = (
    "This copy leaves out some law enforcement details. It holds everything cleared for emergency management."
)
RECALLED: Final = "Do not use this bulletin. Stop acting on it, and tell those you sent it to."
IN_EFFECT: Final = "After this time, treat as ended."
FACET_LABELS: Final = {
    "hazards": "Hazards",
    "lifelines": "Lifelines",
    "regions": "Where it applies",
    "hsec_sins": "Tracked by",
}
TEXT_LABELS: Final = {"summary": "What is happening", "action": "What to do", "area": "Where"}
DATE_LABELS: Final = {
    "in_effect_until": "In effect until",
    "date": "Published",
    "information_cutoff": "Information as of",
}
# A date without a time lasts until it is over everywhere: an end must never come early for a reader.
_END_OF_DAY: Final = dt.timedelta(days=1, hours=12)


@dataclass(frozen=True, slots=True)
class Entry:
    """A released bulletin and what the pages around it need to know.

    ``values`` holds the single values of the front matter that the edition may see (dates, product, …), ``marks``
    the marks that these, facets and references were given; ``page`` is the staged file below docs, such as
    ``2026/ib-2026-014.md``; ``quiet`` is whether the author asked that nothing be said of what is withheld.
    """

    released: Released
    values: Mapping[str, Any]
    marks: tuple[Mark, ...]
    page: str
    quiet: bool = False
    superseded_by: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The page's address below the site's root: ``2026/ib-2026-014/``."""
        return self.page.removesuffix(".md") + "/"

    @property
    def year(self) -> str:
        """The year in the product number."""
        return self.page.partition("/")[0]

    def ended(self, now: dt.datetime) -> bool:
        """Whether ``in_effect_until`` has passed."""
        until = self.values.get("in_effect_until")
        return until is not None and end_of(until) <= now

    def state(self, now: dt.datetime) -> tuple[str, str]:
        """The state's key and its sentence; both empty where nothing is known."""
        if self.superseded_by:
            return "superseded", f"Replaced by {', '.join(self.superseded_by)}"
        until = self.values.get("in_effect_until")
        if until is None:
            return "", ""
        if self.ended(now):
            return "ended", f"No longer in effect since {spelled(until)}"
        return "in-effect", f"In effect until {spelled(until)}. {IN_EFFECT}"


def end_of(when: When) -> dt.datetime:
    """The moment at which something in effect until ``when`` has ended."""
    if isinstance(when, dt.datetime):
        return when
    return dt.datetime.combine(when, dt.time(), dt.UTC) + _END_OF_DAY


def spelled(when: When) -> str:
    """A date or moment for readers: ``Thu 12 March 2026, 02:55 EST``."""
    day = f"{when:%a} {when.day} {when:%B} {when.year}"
    if not isinstance(when, dt.datetime):
        return day
    zone = when.tzname() or ""
    return f"{day}, {when:%H:%M} {zone if zone[:1].isalpha() else f'UTC{zone}'}".strip()


def desk(policy: Policy, edition: Edition) -> Shown | None:
    """The policy's own contact ("(U) EOC liaison desk, …"), where there is one that the edition may see."""
    opening = open_mark(policy.contact, policy.system)
    if opening is None or opening.reading.mark is None or not edition.may_see(opening.reading.mark):
        return None
    return Shown(opening.reading.mark, policy.contact[opening.end :].strip())


def asking(policy: Policy, edition: Edition, lead: str) -> str:
    """A sentence that names the desk, with the blank before it; empty without one."""
    contact = desk(policy, edition)
    return f" {lead}: {contact.words}." if contact is not None else ""


def above_lowest(marks: Iterable[Mark | None]) -> list[Mark]:
    """The marks that a banner has to count: one that is its system's lowest adds nothing to another system's."""
    return [mark for mark in marks if mark is not None and mark != lowest(mark.system)]


def banner_of(marks: Iterable[Mark], policy: Policy) -> dict[str, str]:
    """The banner of what carries these marks, as the theme takes it: one part for each marking system."""
    given = list(marks) or [lowest(policy.system)]
    names = sorted({mark.system for mark in given}, key=lambda name: (name != policy.system, name))
    joined = [join(name, [mark for mark in given if mark.system == name]) for name in names]
    return {
        "banner": " · ".join(dict.fromkeys(mark.banner for mark in joined)),
        "banner_spoken": "; ".join(dict.fromkeys(mark.spoken for mark in joined)),
        "banner_style": joined[0].style,
    }


def legend_of(marks: Iterable[Mark]) -> list[dict[str, str]]:
    """The marks a reader meets on a page, each spelling once, in words."""
    return [
        {"mark": str(mark), "style": mark.style, "spoken": mark.spoken, "sharing": mark.sharing}
        for mark in {str(mark): mark for mark in marks}.values()
    ]


def page_of(kind: str, edition: Edition, policy: Policy, carried: Iterable[Mark], /, **more: Any) -> dict[str, Any]:
    """What every page tells the theme."""
    told = {"kind": kind, "edition": edition.name, **banner_of(carried, policy), **more}
    return told | ({"exercise": EXERCISE} if policy.exercise else {})


def bulletin_page(
    entry: Entry, edition: Edition, policy: Policy, now: dt.datetime, present: Mapping[str, Entry]
) -> dict[str, Any]:
    """The front matter of a bulletin's page."""
    released = entry.released
    state, state_text = entry.state(now)
    contact = released.texts.get("contact") or desk(policy, edition)
    withheld = released.withheld and edition.withheld_notice and not entry.quiet
    beside = [contact.mark] if contact is not None else []
    told = {
        "id": released.id,
        "marks": legend_of([*released.legend, *entry.marks, *beside]),
        "sharing": released.banner.sharing,
        "facts": facts(entry, policy),
        "withheld": withheld,
        "withheld_sentence": WITHHELD + asking(policy, edition, "To ask for more") if withheld else "",
        "notices": notices(released, policy),
        "designation": designation(released, policy, edition),
        "state": state,
        "state_text": state_text,
        "priority": entry.values.get("priority", ""),
        "product": product(entry, policy),
        "contact": {"mark": str(contact.mark), "text": contact.words} if contact is not None else None,
        "feedback": feedback(released.id, policy),
        "supersedes": addresses(released.supersedes, present),
        "related": addresses(released.related, present),
        "superseded_by": addresses(entry.superseded_by, present),
    }
    front = {"title": released.title.words}
    if "summary" in released.texts:
        front["description"] = released.texts["summary"].words
    said = {key: value for key, value in told.items() if value not in (None, "", [], {}, False)}
    carried = [released.banner, *above_lowest([*beside, *entry.marks])]
    return {**front, "tearline": page_of("bulletin", edition, policy, carried, **said)}


def facts(entry: Entry, policy: Policy) -> list[dict[str, str]]:
    """The key facts, in the order a hurried reader needs them: what, what to do, where, until when, the rest."""
    return [
        {"label": label, "value": value, "mark": str(mark) if mark is not None else ""}
        for label, value, mark in _facts(entry, policy)
        if value
    ]


def _facts(entry: Entry, policy: Policy) -> Iterator[tuple[str, str, Mark | None]]:
    released = entry.released
    texts = [(label, released.texts[key]) for key, label in TEXT_LABELS.items() if key in released.texts]
    yield from ((label, text.words, text.mark) for label, text in texts)
    yield from ((label, spelled(entry.values[key]), None) for key, label in DATE_LABELS.items() if key in entry.values)
    yield from ((f"Updated {spelled(at)}", change.words, change.mark) for at, change in released.revised)
    for facet in FACETS:
        yield FACET_LABELS[facet], ", ".join(labels(policy, facet, released.facets[facet])), None
    yield "Originator", entry.values.get("originator", ""), None
    yield from ((label, text.words, text.mark) for label, text in released.asides)


def labels(policy: Policy, facet: str, values: Iterable[str]) -> list[str]:
    """Values as readers see them."""
    known: Mapping[str, str] = getattr(policy.vocabulary, facet)
    return [known.get(policy.vocabulary.find(facet, value) or "", value) for value in values]


def product(entry: Entry, policy: Policy) -> dict[str, str] | None:
    """The product type, by the policy's name for it."""
    value = entry.values.get("product")
    name = policy.vocabulary.find("products", value) if value is not None else None
    return {"slug": name, "label": policy.vocabulary.products[name]} if name is not None else None


def notices(released: Released, policy: Policy) -> list[str]:
    """The handling notices that what is on this page needs, and no others (ISM-ID-00150/00151)."""
    names = dict.fromkeys(name for mark in (released.banner, *released.legend) for name in mark.notices)
    return [policy.notices[name] for name in names if name in policy.notices]


def designation(released: Released, policy: Policy, edition: Edition) -> dict[str, str] | None:
    """The CUI designation indicator block, never portion-marked (DoD CUI marking aid p4)."""
    of = system(released.system)
    if not of.designation or released.banner.tokens == lowest(released.system).tokens:
        return None
    contact = desk(policy, edition)
    categories, controls = ([name for name in section if name in released.banner.tokens] for section in of.sections[:2])
    return {
        "controlled_by": policy.agency,
        "category": ", ".join(categories),
        "dissemination": ", ".join(controls),
        "contact": contact.words if contact is not None else "",
    }


def feedback(name: str, policy: Policy) -> dict[str, str] | None:
    """Prefilled messages that name the bulletin's id and nothing else of it."""
    if not policy.desk_email:
        return None
    useful = f"subject={quote(f'Was {name} useful?')}"
    more = f"subject={quote(f'Request for more on {name}')}"
    return {"useful": f"mailto:{policy.desk_email}?{useful}", "more": f"mailto:{policy.desk_email}?{more}"}


def addresses(names: Iterable[str], present: Mapping[str, Entry]) -> list[dict[str, str]]:
    """Other bulletins, where this edition has them."""
    return [{"id": name, "url": present[name].address} for name in names if name in present]
