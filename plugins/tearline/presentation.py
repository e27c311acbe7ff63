"""Released -> what the theme is told about a page: banner, legend, notices, key facts, state, links.

Everything here is recomputed from released content (marking-language.md, section 7).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from tearline.entries import Entry, Neighbours, end_of, spelled
from tearline.marking import Mark, join, lowest, open_mark, system
from tearline.policy import Edition, Policy
from tearline.release import FACETS, Outline, Shown

EXERCISE: Final = "EXERCISE EXERCISE EXERCISE: everything on this site is fictional"
WITHHELD: Final = (
    "This copy leaves out some law enforcement details. It holds everything cleared for emergency management."
)
BETWEEN: Final = " · "  # the parts of a banner, one for each marking system
PAST: Final = frozenset({"ended", "superseded", "recalled"})  # states that a reader must see wherever it is mentioned
RECALLED: Final = "Do not use this bulletin. Stop acting on it, and tell those you sent it to."
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
# What a telephone can dial as it is written: a local, national or international number, with an extension or without.
_NUMBER: Final = re.compile(
    r"""(?<![\w+-])
    (?: \+[1-9](?:[ .-]?[0-9]){7,14} | (?:1[ .-])? (?:\([0-9]{3}\)[ ]?|[0-9]{3}[ .-])? [0-9]{3}[.-][0-9]{4} )
    (?![\w-])""",
    re.VERBOSE,
)


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
        "banner": BETWEEN.join(dict.fromkeys(mark.banner for mark in joined)),
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
    entry: Entry, edition: Edition, policy: Policy, among: Neighbours, linked: Iterable[str] = ()
) -> dict[str, Any]:
    """The front matter of a bulletin's page. ``linked`` are the bulletins that its body leads to."""
    released = entry.released
    state, state_text = entry.state(among.now)
    contact = released.texts.get("contact") or desk(policy, edition)
    withheld = released.withheld and edition.withheld_notice and not entry.quiet
    sentence = WITHHELD + asking(policy, edition, "To ask for more") if withheld else ""
    beside = _beside(entry, contact, among)
    until = entry.values.get("in_effect_until")
    told = {
        "id": released.id,
        "title_mark": str(released.title.mark),
        "marks": legend_of([*released.legend, *entry.marks, *beside]),
        "sharing": released.banner.sharing,
        "facts": facts(entry, policy),
        "withheld": withheld,
        "withheld_sentence": sentence,
        "withheld_parts": cut_at_numbers(sentence),
        "notices": notices(released, policy),
        "designation": designation(released, policy, edition),
        "state": state,
        "state_text": state_text,
        "until": machine_time(end_of(until)) if until is not None and state == "in-effect" else "",
        "lapses": machine_time(entry.lapses) if entry.lapses is not None and state == "open" else "",
        "priority": entry.priority(among.now),
        "product": product(entry, policy),
        "contact": said_by_phone(contact),
        "feedback": feedback(released.id, policy),
        "supersedes": among.mentions(released.supersedes),
        "related": among.mentions(released.related),
        "superseded_by": among.mentions(entry.superseded_by),
        "linked": [one for one in among.mentions(linked) if one.get("state") in PAST],
        "elsewhere": [{"edition": name, "url": url} for name, url in among.elsewhere.get(released.id, {}).items()],
    }
    front = {"title": released.title.words}
    if "summary" in released.texts:
        front["description"] = released.texts["summary"].words
    said = {key: value for key, value in told.items() if value not in (None, "", [], {}, False)}
    return {**front, "tearline": page_of("bulletin", edition, policy, carried_by(entry, contact, among), **said)}


def carried_by(entry: Entry, contact: Shown | None, among: Neighbours) -> list[Mark]:
    """The marks that a bulletin's banner counts: of its portions, its values, the contact, the titles it mentions."""
    return [entry.released.banner, *above_lowest([*_beside(entry, contact, among), *entry.marks])]


def carried_by_tombstone(
    instead: Iterable[str], contact: Shown | None, policy: Policy, among: Neighbours
) -> list[Mark]:
    """The marks that a tombstone's banner counts: the contact's, and those of the titles that replace it."""
    beside = [*([contact.mark] if contact is not None else []), *among.marks(instead)]
    return [lowest(policy.system), *above_lowest(beside)]


def _beside(entry: Entry, contact: Shown | None, among: Neighbours) -> list[Mark]:
    named = (*entry.released.supersedes, *entry.released.related, *entry.superseded_by)
    return [*([contact.mark] if contact is not None else []), *among.marks(named)]


def machine_time(moment: dt.datetime) -> str:
    """A moment as scripts read it: ``2026-03-12T07:55:00Z``."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def said_by_phone(text: Shown | None) -> dict[str, Any] | None:
    """A contact, and its words cut so that each telephone number stands alone: a phone can call it."""
    if text is None:
        return None
    return {"mark": str(text.mark), "text": text.words, "parts": cut_at_numbers(text.words)}


def cut_at_numbers(words: str) -> list[dict[str, str]]:
    """Words cut so that each telephone number stands alone, with what a phone dials for it."""
    parts, last = [], 0
    for number in _NUMBER.finditer(words):
        parts += [{"text": words[last : number.start()]}] if number.start() > last else []
        parts.append({"text": number[0], "call": re.sub(r"[^0-9+]", "", number[0])})
        last = number.end()
    return [*parts, {"text": words[last:]}] if last < len(words) else parts


def facts(entry: Entry, policy: Policy) -> list[dict[str, str]]:
    """The key facts, in the order a hurried reader needs them: what, what to do, what changed, where, when."""
    return [
        {"label": label, "value": value, "mark": str(mark) if mark is not None else ""}
        for label, value, mark in _facts(entry, policy)
        if value
    ]


def _facts(entry: Entry, policy: Policy) -> Iterator[tuple[str, str, Mark | None]]:
    released = entry.released
    texts = {key: (label, released.texts[key]) for key, label in TEXT_LABELS.items() if key in released.texts}
    area = texts.pop("area", None)
    yield from ((label, text.words, text.mark) for label, text in texts.values())
    yield from ((f"Updated {spelled(at)}", change.words, change.mark) for at, change in entry.updates)
    yield from ((label, text.words, text.mark) for label, text in ([area] if area is not None else []))
    yield from ((label, spelled(entry.values[key]), None) for key, label in DATE_LABELS.items() if key in entry.values)
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


def notices(released: Outline, policy: Policy) -> list[str]:
    """The handling notices that what is on this page needs, and no others (ISM-ID-00150/00151)."""
    names = dict.fromkeys(name for mark in (released.banner, *released.legend) for name in mark.notices)
    return [policy.notices[name] for name in names if name in policy.notices]


def designation(released: Outline, policy: Policy, edition: Edition) -> dict[str, str] | None:
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
