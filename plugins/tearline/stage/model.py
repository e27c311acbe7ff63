"""What staging comes to: the files of an edition, and what there is to say about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tearline.assets import Asset
from tearline.findings import Finding
from tearline.offline import Offline
from tearline.pending import Pending
from tearline.policy import Edition


@dataclass(frozen=True, slots=True)
class File:
    """A staged page: its front matter and its Markdown."""

    told: Mapping[str, Any]
    body: str


@dataclass(slots=True)
class Tree:
    """One edition before it is written.

    ``files``, ``texts`` and ``assets`` are keyed by their place below docs, ``theme`` by the place below the theme's
    folder. ``texts`` are published as they are: feeds, and what a mailer picks up. Bulletins' pages and e-mail are made
    when they are asked for. ``refused`` are the paths of documents that the renderer would have misread. ``recalled``
    are the pages that say that a bulletin was recalled, as files of the site. ``turn`` is the next moment at which any
    page says something else, if there is one. ``offline`` is what an offline copy says of itself; None for a site that
    is served.
    """

    edition: Edition
    files: Pending[File] = field(default_factory=Pending)
    texts: Pending[str] = field(default_factory=Pending)
    assets: dict[str, Asset] = field(default_factory=dict)
    theme: dict[str, Path] = field(default_factory=dict)
    configuration: str = ""
    findings: list[Finding] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    recalled: list[str] = field(default_factory=list)
    bulletins: int = 0
    turn: dt.datetime | None = None
    offline: Offline | None = None

    @property
    def name(self) -> str:
        """What its site is called, by people and by findings."""
        return f"site-{self.edition.name}{'-offline' if self.offline is not None else ''}"

    def let_go(self) -> None:
        """Keep nothing in memory of what was written: a large site's pages are many megabytes. What is said stays."""
        self.files, self.texts, self.assets = Pending(), Pending(), {}
