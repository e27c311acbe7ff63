"""What staging comes to: the files of an edition, and what may and may not be in the site made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tearline.assets import Asset
from tearline.findings import Finding
from tearline.policy import Edition


@dataclass(frozen=True, slots=True)
class Withheld:
    """Words that must not be in an edition, and the path of the source that has them."""

    path: str
    words: str


@dataclass(frozen=True, slots=True)
class File:
    """A staged page: its front matter and its Markdown."""

    told: Mapping[str, Any]
    body: str


@dataclass(slots=True)
class Tree:
    """One edition before it is written.

    ``files`` and ``assets`` are keyed by their place below docs, ``theme`` by the place below the theme's folder.
    ``withheld`` is what the built site may not say, ``released`` what it may; ``mentions`` names the staged pages
    that may write about marks; ``refused`` the paths of documents that the renderer would have misread.
    """

    edition: Edition
    files: dict[str, File] = field(default_factory=dict)
    assets: dict[str, Asset] = field(default_factory=dict)
    theme: dict[str, Path] = field(default_factory=dict)
    configuration: str = ""
    withheld: list[Withheld] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    bulletins: int = 0
