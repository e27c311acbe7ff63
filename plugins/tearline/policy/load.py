"""``mkdocs.yml`` -> ``Policy``, or every fault of it at once."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from tearline.findings import Finding, Place, finding, in_order, refuses
from tearline.marking import SYSTEMS
from tearline.policy.allowed import (
    REQUIRED_EXTENSIONS,
    check_extensions,
    check_plugins,
    extension_name,
    named_options,
)
from tearline.policy.checks import CHECKS, default_edition, tags
from tearline.policy.model import Edition, Policy, Signing, Vocabulary, id_pattern
from tearline.policy.places import Document, Env, read_yaml
from tearline.policy.places import Path as At
from tearline.policy.schema import EditionShape, SigningShape, SiteShape, TearlineShape, VocabularyShape, faults

MAX_BYTES = 1 << 20

Shape = TypeVar("Shape", bound=BaseModel)


def load_policy(path: Path, environ: Mapping[str, str]) -> tuple[Policy | None, list[Finding]]:
    """The policy in the file at ``path``, and what there is to say about it, in order.

    None where any of it is an error. ``environ`` is what ``!ENV`` reads. Never raises for anything a file can hold.
    """
    source = path.name if path.is_absolute() else path.as_posix()
    text, found = _read(path, source)
    if text is None:
        return None, found
    document, found = read_yaml(text, source)
    if document is None:
        return None, in_order(found)
    at, options = _our_options(document, environ)
    found = [each for check in CHECKS for each in check(document, options, at)]
    found += [*check_plugins(document), *check_extensions(document)]
    site, site_faults = _shaped(SiteShape, document.data, document, ())
    ours, our_faults = _shaped(TearlineShape, options, document, at) if at else (None, [])
    tagged = {each.place for each in tags(document, options, at)}  # their values have no type to speak of
    found += [each for each in (*site_faults, *our_faults) if each.place not in tagged]
    if site is None or ours is None or refuses(found):
        return None, in_order(found)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return replace(_policy(path, site, ours, document), digest=digest), in_order(found)


def _read(path: Path, source: str) -> tuple[str | None, list[Finding]]:
    """The text of a plain file of bounded size: never waits on a pipe, never follows surprises into memory."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            return None, [finding("policy-syntax", Place(source), "it is not a plain file")]
        with os.fdopen(descriptor, "rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None, [finding("policy-syntax", Place(source), "there is no such file")]
    except (OSError, ValueError):
        return None, [finding("policy-syntax", Place(source), "the file cannot be opened")]
    if len(raw) > MAX_BYTES:
        return None, [finding("policy-syntax", Place(source), "it is larger than 1 MiB")]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return None, [finding("policy-syntax", Place(source, line), "it is not UTF-8 text")]


def _our_options(document: Document, environ: Mapping[str, str]) -> tuple[At, dict[str, Any]]:
    """Where our plugin's options stand, and what they are with ``!ENV`` resolved; () and nothing without them."""
    for name, path, options, _ in named_options(document.data.get("plugins"), ("plugins",)):
        if name == "tearline":
            given = dict(options) if isinstance(options, dict) else {}
            if isinstance(chosen := given.get("edition"), Env):
                given["edition"] = chosen.value(environ)
            if isinstance(signing := given.get("signing"), dict):
                given["signing"] = {
                    key: value.value(environ) if isinstance(value, Env) else value for key, value in signing.items()
                }
            return path, given
    return (), {}


def _shaped(model: type[Shape], value: Any, document: Document, at: At) -> tuple[Shape | None, list[Finding]]:
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        return None, list(faults(error, model, document, at))


def _policy(path: Path, site: SiteShape, ours: TearlineShape, document: Document) -> Policy:
    root = path.absolute().parent
    names, configs = _extensions(document)
    agency = ours.agency or site.site_name
    return Policy(
        path=path.absolute(),
        root=root,
        sources=root / ours.sources,
        edition=ours.edition or default_edition(ours.editions) or "",
        agency=agency,
        system=ours.system,
        exercise=ours.exercise,
        id_pattern=id_pattern(tuple(ours.id)),
        pages=tuple(ours.pages),
        contact=ours.contact,
        desk_email=ours.email,
        zone=ZoneInfo(ours.timezone),
        vocabulary=_vocabulary(ours.vocabulary),
        notices=_notices(ours, agency),
        editions={name: _edition(name, shape, site) for name, shape in ours.editions.items()},
        site_name=site.site_name,
        site_description=site.site_description,
        site_author=site.site_author,
        copyright=site.copyright,
        theme=site.theme.model_dump(exclude={"custom_dir"}, exclude_defaults=True),
        custom_dir=root / site.theme.custom_dir,
        docs_dir=root / site.docs_dir,
        nav=tuple(site.nav) or None,
        markdown_extensions=names,
        extension_configs=configs,
        extra_css=tuple(site.extra_css),
        extra_javascript=tuple(site.extra_javascript),
        originators=tuple(ours.originators),
        signing=_signing(ours.signing, root),
        require_item_marks=ours.require_item_marks,
        inline_portions=ours.inline_portions,
        pdf=ours.pdf,
    )


def _signing(shape: SigningShape | None, root: Path) -> Signing | None:
    if shape is None:
        return None
    return Signing(root / shape.key if shape.key is not None else None, root / shape.signers)


def _edition(name: str, shape: EditionShape, site: SiteShape) -> Edition:
    listed = None
    if shape.releases != "all":
        listed = {system: frozenset(tokens) for system, tokens in shape.releases.items()}
    return Edition(
        name=name,
        audience=shape.audience,
        releases=listed,
        nation=shape.nation,
        withheld_notice=shape.withheld_notice == "page",
        site_name=shape.site_name or site.site_name,
        site_url=shape.site_url or site.site_url,
    )


def _extensions(document: Document) -> tuple[tuple[str, ...], dict[str, dict[str, Any]]]:
    """Names in order, those the marking language needs first, and the options of those that have any."""
    chosen: dict[str, dict[str, Any]] = {name: dict(options) for name, options in REQUIRED_EXTENSIONS.items()}
    raw = document.data.get("markdown_extensions", [])
    for name, _, options, _ in named_options(raw, ("markdown_extensions",)):
        chosen.setdefault(extension_name(name), {}).update(options or {})
    return tuple(chosen), {name: options for name, options in chosen.items() if options}


def _vocabulary(shape: VocabularyShape) -> Vocabulary:
    given = {name: getattr(shape, name) for name in shape.model_fields_set}
    base = _default_vocabulary()
    return Vocabulary(**{**dict(base), **given, "products": {**base.products, **given.get("products", {})}})


@lru_cache(maxsize=1)
def _default_vocabulary() -> VocabularyShape:
    text = files(__package__).joinpath("vocabulary.yml").read_text(encoding="utf-8")
    document, found = read_yaml(text, "vocabulary.yml")
    if document is None:
        raise ValueError(f"the package's vocabulary is broken: {found}")
    return VocabularyShape.model_validate(document.data)


def _notices(ours: TearlineShape, agency: str) -> dict[str, str]:
    """The wording of each notice, the policy's before the marking systems', with the agency's name in place."""
    worded = {name: text for of in SYSTEMS.values() for name, text in of.notices.items()} | ours.notices
    return {name: " ".join(text.split()).replace("{agency}", agency) for name, text in worded.items()}
