"""Released -> what the theme is told about a page: banner, legend, notices, key facts, state, links.

Everything here is recomputed from released content (marking-language.md, section 7): nothing is passed through
from the source, and an absent key leaves no trace.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from tearline.bulletin.metadata import MarkedText, Metadata, When
from tearline.marking import Mark, join, lowest, open_mark, system
from tearline.policy import Edition, Policy
from tearline.release import FACETS, Released, Shown

EXERCISE: Final = "EXERCISE EXERCISE EXERCISE: everything on this site is fictional"
FACET_LABELS: Final = {
    "hazards": "Hazards",
    "lifelines": "Lifelines",
    "regions": "Where it applies",
    "hsec_sins": "Tracked by",
}
TEXT_LABELS: Final = {"summary": "What is happening", "action": "What to do", "area": "Where"}
# A date without a time lasts until it is over everywhere: an end must never come early for a reader.
_END_OF_DAY: Final = dt.timedelta(days=1, hours=12)


@dataclass(frozen=True, slots=True)
class Entry:
    """A released bulletin and what the pages around it need to know."""

    released: Released
    metadata: Metadata
    address: str  # below the site's root: "2026/ib-2026-014/"
    page: str  # the staged file below docs: "2026/ib-2026-014.md"
    superseded_by: tuple[str, ...] = ()

    def value(self, key: str) -> Any:
        """A single value of the front matter, if the edition may see it."""
        marked = getattr(self.metadata, key)
        return marked.value if marked is not None and key in self.released.visible else None

    def ended(self, now: dt.datetime) -> bool:
        """Whether ``in_effect_until`` has passed."""
        until = self.value("in_effect_until")
        return until is not None and end_of(until) <= now

    def state(self, now: dt.datetime) -> tuple[str, str]:
        """The state's key and its sentence; both empty where nothing is known."""
        if self.superseded_by:
            return "superseded", f"Replaced by {', '.join(self.superseded_by)}"
        until = self.value("in_effect_until")
        if until is None:
            return "", ""
        if self.ended(now):
            return "ended", f"No longer in effect since {spelled(until)}"
        return "in-effect", f"In effect until {spelled(until)}. After this time, treat as ended."


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


def marked_line(policy: Policy, text: str) -> Shown:
    """A marked text of the policy ("(U) EOC liaison desk, …") as mark and words; unreadable marks count as lowest."""
    opening = open_mark(text, policy.system)
    if opening is None or opening.reading.mark is None:
        return Shown(lowest(policy.system), text)
    return Shown(opening.reading.mark, text[opening.end :].strip())


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
    contact = released.texts.get("contact") or (marked_line(policy, policy.contact) if policy.contact else None)
    marks = [*released.legend, *([contact.mark] if contact else [])]
    told = page_of(
        "bulletin",
        edition,
        policy,
        [released.banner],
        id=released.id,
        marks=legend_of(marks),
        sharing=released.banner.sharing,
        facts=facts(entry, policy),
        withheld=released.withheld and edition.withheld_notice and entry.metadata.withheld_notice is None,
    )
    told |= {
        "notices": notices(released, policy),
        "designation": designation(released, policy),
        "withheld_sentence": withheld_sentence(policy) if told["withheld"] else "",
        "state": state,
        "state_text": state_text,
        "priority": entry.value("priority") or "",
        "product": product(entry, policy),
        "contact": {"mark": str(contact.mark), "text": contact.words} if contact else None,
        "feedback": feedback(released.id, policy),
        "supersedes": addresses(released.supersedes, present),
        "related": addresses(released.related, present),
        "superseded_by": addresses(entry.superseded_by, present),
    }
    front = {"title": released.title.words}
    if "summary" in released.texts:
        front["description"] = released.texts["summary"].words
    return {**front, "tearline": {key: value for key, value in told.items() if value not in (None, "", [], {}, False)}}


def facts(entry: Entry, policy: Policy) -> list[dict[str, str]]:
    """The key facts, in the order a hurried reader needs them: what, what to do, where, until when, the rest."""
    released = entry.released
    found: list[dict[str, str]] = []

    def add(label: str, value: str, mark: Mark | None = None) -> None:
        if value:
            found.append({"label": label, "value": value, "mark": str(mark) if mark is not None else ""})

    for key, label in TEXT_LABELS.items():
        if key in released.texts:
            add(label, released.texts[key].words, released.texts[key].mark)
    for key, label in (
        ("in_effect_until", "In effect until"),
        ("date", "Published"),
        ("information_cutoff", "Information as of"),
    ):
        when = entry.value(key)
        add(label, spelled(when) if when is not None else "")
    for at, change in released.revised:
        add("Updated", f"{spelled(at)}: {change.words}", change.mark)
    for facet in FACETS:
        add(FACET_LABELS[facet], ", ".join(labels(policy, facet, released.facets[facet])))
    add("Originator", entry.value("originator") or "")
    for label, text in released.asides:
        add(label, text.words, text.mark)
    return found


def labels(policy: Policy, facet: str, values: Iterable[str]) -> list[str]:
    """Values as readers see them."""
    known: Mapping[str, str] = getattr(policy.vocabulary, facet)
    return [known.get(policy.vocabulary.find(facet, value) or "", value) for value in values]


def product(entry: Entry, policy: Policy) -> dict[str, str] | None:
    """The product type, by the policy's name for it."""
    value = entry.value("product")
    name = policy.vocabulary.find("products", value) if value is not None else None
    return {"slug": name, "label": policy.vocabulary.products[name]} if name is not None else None


def notices(released: Released, policy: Policy) -> list[str]:
    """The handling notices that what is on this page needs, and no others (ISM-ID-00150/00151)."""
    names = dict.fromkeys(name for mark in (released.banner, *released.legend) for name in mark.notices)
    return [policy.notices[name] for name in names if name in policy.notices]


def designation(released: Released, policy: Policy) -> dict[str, str] | None:
    """The CUI designation indicator block, never portion-marked (DoD CUI marking aid p4)."""
    of = system(released.system)
    if not of.designation or released.banner.tokens == lowest(released.system).tokens:
        return None
    categories, controls = ([name for name in section if name in released.banner.tokens] for section in of.sections[:2])
    return {
        "controlled_by": policy.agency,
        "category": ", ".join(categories),
        "dissemination": ", ".join(controls),
        "contact": marked_line(policy, policy.contact).words if policy.contact else "",
    }


def withheld_sentence(policy: Policy) -> str:
    """The one constant sentence for a page from which anything was withheld."""
    ask = f" To ask for more: {marked_line(policy, policy.contact).words}." if policy.contact else ""
    return (
        "This copy leaves out some law enforcement details. It holds everything cleared for emergency management." + ask
    )


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


__all__ = ["EXERCISE", "Entry", "MarkedText", "banner_of", "bulletin_page", "end_of", "legend_of", "page_of", "spelled"]
