"""Released entries -> what search knows of a page, and what a reader can narrow a search by.

A page says this in its own head, and the search index is made of what pages say: nothing is in the index that is not
in its page. What changes with the clock is told as a moment, never as a state: an index is as old as its build, and
whether something is still in effect is for the reader's clock to say.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from tearline.entries import Entry, end_of, spelled
from tearline.marking import Mark
from tearline.policy import Policy
from tearline.presentation import labels

PRIORITIES: Final = ("urgent", "priority", "routine")
SHOWN: Final = ("area", "summary")  # texts of a bulletin that a result shows beside its title
REPLACED: Final = "replaced"
RECALLED: Final = "recalled"
OPEN: Final = "open"  # in effect until nobody said when
# What a reader can tick, in the order of the page: its name in the index and in addresses, and its title.
FACETS: Final = {
    "priority": "Priority",
    "hazard": "Hazard",
    "lifeline": "Lifeline",
    "region": "Region",
    "product": "Product",
    "year": "Year",
}
_FROM_FACETS: Final = {"hazard": "hazards", "lifeline": "lifelines", "region": "regions"}


def told_of(entry: Entry, policy: Policy, now: dt.datetime) -> dict[str, Any]:
    """What a bulletin's page tells the index: ``filters`` by name, what a result ``shown`` says, its place in time."""
    released, (state, sentence) = entry.released, entry.state(now)
    shown = {
        **_marked("mark", released.title.mark),
        "until": spelled(entry.values["in_effect_until"]) if "in_effect_until" in entry.values else "",
        "replaced": ", ".join(entry.superseded_by),
        "lapsed": sentence if state in {"lapsed", "upcoming"} else "",
    }
    for key in SHOWN:
        if key in released.texts:
            shown |= {key: released.texts[key].words, f"{key}_mark": str(released.texts[key].mark)}
    day = _day(entry)
    return {
        "filters": {name: values for name, values in _filters(entry, policy, now, day) if values},
        "shown": {key: value for key, value in shown.items() if value},
        "sort": f"{day or entry.year} {released.id}",
    }


def told_of_tombstone(name: str, when: dt.date, mark: Mark) -> dict[str, Any]:
    """What the page of a recalled bulletin tells the index: its number has to lead somebody there."""
    filters = {"id": [name], "state": [RECALLED]}
    return {"filters": filters, "shown": _marked("mark", mark), "sort": f"{when:%Y-%m-%d} {name}"}


def told_of_page(name: str, mark: Mark) -> dict[str, Any]:
    """What a page of the site's own tells the index. Without a date it comes after all that has one."""
    return {"filters": {}, "shown": _marked("mark", mark), "sort": f"0 {name}"}


def _marked(key: str, mark: Mark) -> dict[str, str]:
    return {key: str(mark), f"{key}_style": mark.style, f"{key}_spoken": mark.spoken}


def _day(entry: Entry) -> str:
    """The day of publication as its author has it; empty where the edition does not see it."""
    when = entry.values.get("date")
    return f"{when:%Y-%m-%d}" if when is not None else ""


def _filters(entry: Entry, policy: Policy, now: dt.datetime, day: str) -> Iterator[tuple[str, list[str]]]:
    yield "id", [entry.released.id]
    yield "state", [_state(entry)]
    yield "date", [day] if day else []
    for name in FACETS:
        yield name, values_of(entry, name, policy, now)


def _state(entry: Entry) -> str:
    """The moment at which it ends, in a form that sorts; or why there is none."""
    if entry.superseded_by:
        return REPLACED
    until = entry.values.get("in_effect_until")
    return f"{end_of(until).astimezone(dt.UTC):%Y-%m-%dT%H:%MZ}" if until is not None else OPEN


def values_of(entry: Entry, name: str, policy: Policy, now: dt.datetime) -> list[str]:
    """A bulletin's values of one facet, as readers see them."""
    if name == "priority":
        given = entry.priority(now)
        return [given.capitalize()] if given else []
    if name == "year":
        return [entry.year]
    if name == "product":
        product = entry.values.get("product")
        return labels(policy, "products", [product]) if product else []
    facet = _FROM_FACETS[name]
    return labels(policy, facet, entry.released.facets[facet])


def offered(entries: Sequence[Entry], policy: Policy, now: dt.datetime) -> list[dict[str, Any]]:
    """The facets of the search page with the values that any bulletin of the edition has, and how many have each."""
    made = []
    for name, title in FACETS.items():
        counts = Counter(value for entry in entries for value in values_of(entry, name, policy, now))
        if counts:
            values = [{"value": value, "count": f"{counts[value]:,}"} for value in _in_order(name, counts)]
            made.append({"name": name, "title": title, "values": values})
    return made


def _in_order(name: str, values: Iterable[str]) -> list[str]:
    """Urgent first, the newest year first, all else by the alphabet."""
    if name == "priority":
        known = [one.capitalize() for one in PRIORITIES]
        return sorted(values, key=lambda one: (known.index(one) if one in known else len(known), one))
    return sorted(values, reverse=name == "year")
