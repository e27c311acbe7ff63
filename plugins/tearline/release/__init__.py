"""Marked -> Released: an edition's own tree, assembled from what it may see and from nothing else.

    picking    what has been picked so far, and the words that stay behind
    portions   the words of portions, pictures and files
    tidying    gaps closed, neighbours merged
    body       blocks in their containers, stand-ins, notes
    front      the front matter
    remarks    what an author should know about it

Everything released is built anew out of portions that ``Edition.may_see`` has said yes to; nothing is taken out
of a copy. What was not picked is returned, so that the built site can be searched for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from tearline.bulletin.tree import Block, Note
from tearline.effective import Marked
from tearline.marking import Mark, lowest
from tearline.policy import Edition, Vocabulary
from tearline.release.body import Body
from tearline.release.front import FrontMatter
from tearline.release.model import FACETS, SINGLES, Decision, Outline, Released, Shown
from tearline.release.picking import Picking, words_of_bulletin
from tearline.release.portions import is_raster
from tearline.release.remarks import check_stand_ins, remarks

__all__ = ["FACETS", "SINGLES", "Decision", "Outline", "Released", "Shown", "check_stand_ins", "is_raster", "release"]


def release(marked: Marked, edition: Edition, vocabulary: Vocabulary) -> Decision:
    """Decide what ``edition`` gets of a bulletin, by the effective marks alone.

    A bulletin of which no portion of the body is released is absent (marking-language.md, section 3). Drafts and
    recalled bulletins are nobody's. The words that stay behind never leave the full side.
    """
    picking = Picking(marked, edition, bound=marked.compilation)
    body = Body(picking)
    blocks = tuple(body.blocks(marked.bulletin.blocks))
    notes = body.notes()
    body.portions.lose_unused_assets()
    metadata = marked.bulletin.metadata
    gone = metadata.draft or metadata.recalled is not None
    if gone or not blocks:
        words = _said(words_of_bulletin(marked.bulletin))
        return Decision(None, words, (), recalled=bool(blocks) and not metadata.draft)
    released = _assembled(picking, FrontMatter(picking, vocabulary), blocks, notes)
    if edition.sanitized:
        picking.findings += remarks(picking)
    return Decision(released, _said(picking.lost), tuple(picking.findings))


def _assembled(picking: Picking, front: FrontMatter, blocks: tuple[Block, ...], notes: tuple[Note, ...]) -> Released:
    """The release, once the body is picked. Banner and legend come last: they sum up what went before."""
    metadata, system = picking.bulletin.metadata, picking.bulletin.system
    texts = front.texts()
    title = texts.get("title") or picking.show(lowest(system), metadata.id)
    facets, values, revised, asides = front.facets(), front.singles(), front.revisions(), front.asides()
    supersedes, related = front.values(metadata.supersedes), front.values(metadata.related)
    compilation = picking.marked.compilation
    if compilation is not None and picking.edition.may_see(compilation):
        picking.carried.append(compilation)
    return Released(
        id=metadata.id,
        system=system,
        title=title,
        blocks=blocks,
        notes=notes,
        texts=texts,
        facets=facets,
        values=values,
        value_marks=_ascending(front.marks),
        revised=revised,
        asides=asides,
        supersedes=supersedes,
        related=related,
        assets=tuple(picking.files),
        banner=picking.roll_up(set(picking.carried)),
        legend=_ascending(picking.seen),
        withheld=picking.losses > 0,
    )


def _said(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(text for text in words if text.strip())


def _ascending(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Each mark once, in an order in which none comes before one that it withholds less than."""
    unique = sorted(set(marks), key=str)
    return tuple(sorted(unique, key=lambda mark: sum(other <= mark for other in unique)))
