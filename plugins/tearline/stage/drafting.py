"""Released -> a page's body: emitted, and proved to be rendered as it is meant.

A bulletin is drafted as soon as it is read, when nobody knows yet which others there will be: its links are taken to
lead where their numbers and file names say. What comes of that is checked against the real addresses like any body of
an earlier build, and is emitted anew where it asked for a page that the edition has not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tearline.assets import Asset
from tearline.corpus import resolved
from tearline.emit import Addresses, emit
from tearline.naming import ASSETS
from tearline.proof import Renderer
from tearline.records import ELSEWHERE, Record
from tearline.release import Outline, Released
from tearline.stage.bodies import Asked, Body, packed_bodies

_ATTEMPTS: Final = 3  # emissions of one bulletin: as it is, then with less emphasis


@dataclass(frozen=True, slots=True)
class Drafting:
    """Drafts bulletins with the site's renderer, for ``read_corpus``."""

    renderer: Renderer

    def __call__(
        self,
        record: Record,
        releases: Mapping[str, Released],
        assets: Mapping[str, Asset],
        ahead: Mapping[str, str],
    ) -> bytes:
        """The bodies that hold, packed, if links lead to the pages that are ``ahead``."""

        def page(target: str) -> str | None:
            return ahead.get(target) or ahead.get(resolved(record.relative, target))

        made = {name: emitted(one, addresses(one, assets, page), self.renderer) for name, one in releases.items()}
        return packed_bodies({name: body for name, body in made.items() if body is not None})


def addresses(outline: Outline, assets: Mapping[str, Asset], page: Callable[[str], str | None]) -> Addresses:
    """Where links and files are, seen from a bulletin's page. ``page`` gives the staged page of another bulletin."""

    def link(target: str) -> str | None:
        if target.lower().startswith(ELSEWHERE):
            return target
        if target in assets:
            return f"../{ASSETS}/{assets[target].name}" if target in outline.assets else None
        there = page(target)
        return f"../{there}" if there is not None else None

    return Addresses(link, lambda file: f"../{ASSETS}/{assets[file].name}")


def emitted(released: Released, at: Addresses, renderer: Renderer) -> Body | None:
    """The body of a bulletin's page; None where the renderer would misread it."""
    asked, before = Asked(at), len(renderer.held)
    text = proved(released, asked.addresses(), renderer)
    return Body(text, tuple(renderer.held[before:]), asked.links, asked.files) if text is not None else None


def proved(released: Released, at: Addresses, renderer: Renderer) -> str | None:
    """The page's Markdown, once the renderer reads it as meant; leaves that it does not go without emphasis."""
    plain: frozenset[int] = frozenset()
    for _ in range(_ATTEMPTS):
        body = emit(released, at, plain)
        verdict = renderer.prove(body, released, at, plain)
        if verdict.holds:
            return body
        if verdict.broken <= plain:
            break
        plain |= verdict.broken
    return None
