"""What an offline copy says of itself: when it was made, until when it is valid, where to get a newer one.

Everything here is of the edition and its policy. Nothing depends on what any bulletin says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from string import Template
from typing import Any, Final

from tearline.entries import spelled
from tearline.policy import Edition, Policy
from tearline.presentation import EXERCISE, above_lowest, desk, machine_time, said_by_phone
from tearline.release import Shown

FOLDER: Final = "assets/offline"  # of the theme and of the site: what an offline copy has and a served site has not
WORDING: Final = "offline/readme.txt"  # of the theme; MkDocs copies no file that is called so
README: Final = "READ-ME-FIRST.txt"
DATA: Final = f"{FOLDER}/search-data.js"
PARTS: Final = (
    WORDING,
    f"{FOLDER}/copy.css",
    f"{FOLDER}/copy.js",
    f"{FOLDER}/minisearch.js",
    f"{FOLDER}/search.js",
)


@dataclass(frozen=True, slots=True)
class Offline:
    """One edition's offline copy. ``made`` and ``until`` are in the site's time zone; ``signed``: it will be."""

    edition: Edition
    policy: Policy
    made: dt.datetime
    until: dt.datetime
    signed: bool

    @property
    def told(self) -> dict[str, Any]:
        """What the theme is told, for the line on every page."""
        contact = said_by_phone(self._contact)
        told = {
            "made": spelled(self.made),
            "made_at": machine_time(self.made),
            "until": spelled(self.until),
            "until_at": machine_time(self.until),
            "address": self.edition.site_url,
            "contact": contact["parts"] if contact is not None else None,
        }
        return {key: value for key, value in told.items() if value}

    @property
    def _contact(self) -> Shown | None:
        """The desk, where its mark may stand on a page of any marking."""
        contact = desk(self.policy, self.edition)
        return contact if contact is not None and not above_lowest([contact.mark]) else None

    def readme(self, wording: str, folder: str, markings: Iterable[str]) -> str:
        """The text beside the copy. A paragraph of the theme's wording that has an empty value in it is left out."""
        values = {
            "site": self.edition.site_name,
            "edition": self.edition.name,
            "folder": folder,
            "made": spelled(self.made),
            "until": spelled(self.until),
            "markings": ", ".join(markings),
            "exercise": EXERCISE if self.policy.exercise else "",
            "address": self.edition.site_url,
            "contact": self._contact.words if self._contact is not None else "",
            "signers": "signers" if self.signed else "",
        }
        told = {name: value for name, value in values.items() if value}
        paragraphs = []
        for each in wording.strip().split("\n\n"):
            template = Template(each)
            if set(template.get_identifiers()) <= told.keys():
                paragraphs.append(template.safe_substitute(told))
        return "\n\n".join(paragraphs) + "\n"
