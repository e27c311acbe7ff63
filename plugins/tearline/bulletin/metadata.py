"""A front matter's values -> typed metadata of a bulletin or a page, every fault a finding at its line and column.

The schema is pydantic's: it says which keys there are and which must be there, and refuses any other, since an unknown
key could be one that restricts release. Its own messages quote what was typed and are never shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal, Self, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    PlainValidator,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import ErrorDetails

from tearline.bulletin.fields import FieldReader, MarkedText, MarkedValue, ReportedError, When
from tearline.bulletin.front_matter import kind_of
from tearline.bulletin.values import Entry, Value
from tearline.findings import Finding, Place, Severity
from tearline.marking import SYSTEMS, Mark

__all__ = [
    "Asset",
    "MarkedText",
    "MarkedValue",
    "Metadata",
    "PageMetadata",
    "Revision",
    "When",
    "kind_of",
    "read_metadata",
    "system_of",
]

_WORDS: dict[str, Any] = {"type": "string", "description": "Words that open with their portion mark: (U) text"}


def _reader(info: ValidationInfo) -> FieldReader:
    return cast("FieldReader", info.context)


def _kind(read: Callable[[FieldReader, Value], Any], schema: dict[str, Any]) -> tuple[PlainValidator, WithJsonSchema]:
    """How pydantic reads a kind of value, and what an editor is told about it."""

    def validate(data: Any, info: ValidationInfo) -> Any:
        reader = _reader(info)
        reader.key = info.field_name or ""
        return read(reader, data)

    return PlainValidator(validate), WithJsonSchema(schema)


def _or_marked(schema: dict[str, Any]) -> dict[str, Any]:
    wrapped = {
        "type": "object",
        "properties": {"marking": {"type": "string"}, "value": schema},
        "required": ["marking", "value"],
        "additionalProperties": False,
    }
    return {"anyOf": [schema, wrapped]}


def _listed(data: Any, info: ValidationInfo) -> Any:
    """The members of a list, for pydantic to read one by one."""
    if not isinstance(data, Value):
        return data
    if data.broken:
        raise ReportedError
    if data.items is None:
        reader = _reader(info)
        reader.key = info.field_name or ""
        raise reader.fault("bad-value", reader.place(data), "a list is expected here")
    return data.items


def _opened(data: Any, info: ValidationInfo) -> Any:
    """The keys and values of a mapping, for pydantic to read one by one."""
    if not isinstance(data, Value):
        return data
    if data.broken:
        raise ReportedError
    if data.entries is None:
        reader = _reader(info)
        reader.key = ""
        raise reader.fault("bad-value", reader.place(data), "a mapping is expected here")
    return {key: entry.value for key, entry in data.entries.items()}


_STRING: dict[str, Any] = {"type": "string"}
_STRINGS: dict[str, Any] = {"type": "array", "items": _or_marked(_STRING)}
_DAY: dict[str, Any] = {"type": "string", "description": "2026-03-12"}
_WHEN: dict[str, Any] = {"type": "string", "description": "2026-03-12, or 2026-03-12 02:55 EST"}

Text = Annotated[MarkedText, *_kind(lambda r, v: r.marked_text(v), _or_marked(_WORDS))]
# On a page the page's own marking covers all text; what a file was taken from need not be marked anywhere.
AssetText = Annotated[MarkedText, *_kind(lambda r, v: r.marked_text(v, bare=r.page), _or_marked(_WORDS))]
SourceText = Annotated[MarkedText, *_kind(lambda r, v: r.marked_text(v, bare=True), _or_marked(_WORDS))]
PlainText = Annotated[str, *_kind(lambda r, v: r.plain_text(v), _STRING)]
Word = Annotated[MarkedValue[str], *_kind(lambda r, v: r.marked_value(v, r.word), _or_marked(_STRING))]
Slug = Annotated[MarkedValue[str], *_kind(lambda r, v: r.marked_value(v, r.slug), _or_marked(_STRING))]
Priority = Annotated[MarkedValue[str], *_kind(lambda r, v: r.marked_value(v, r.priority), _or_marked(_STRING))]
Facets = Annotated[tuple[MarkedValue[str], ...], *_kind(lambda r, v: r.marked_values(v, r.word), _or_marked(_STRINGS))]
Ids = Annotated[
    tuple[MarkedValue[str], ...], *_kind(lambda r, v: r.marked_values(v, r.identifier), _or_marked(_STRINGS))
]
Day = Annotated[MarkedValue[dt.date], *_kind(lambda r, v: r.marked_value(v, r.day), _or_marked(_DAY))]
Moment = Annotated[MarkedValue[When], *_kind(lambda r, v: r.marked_value(v, r.when), _or_marked(_WHEN))]
Marking = Annotated[Mark, *_kind(lambda r, v: r.mark(v), {"type": "string", "description": "U//FOUO"})]
# What decides where and whether a document stands is not shown by itself, and cannot have a mark.
Id = Annotated[str, *_kind(lambda r, v: r.identifier(v, r.text(v).strip()), _STRING)]
PlainDay = Annotated[dt.date, *_kind(lambda r, v: r.day(v, r.text(v).strip()), _DAY)]
Flag = Annotated[bool, *_kind(lambda r, v: r.flag(v), {"type": "boolean"})]
Nothing = Annotated[Literal["none"], *_kind(lambda r, v: r.nothing(v), {"const": "none"})]
SystemName = Annotated[str, *_kind(lambda r, v: r.system_name(v), _STRING)]
Hidden = Annotated[tuple[str, ...], *_kind(lambda r, v: r.hidden(v), {"type": "array", "items": _STRING})]
File = Annotated[str, *_kind(lambda r, v: r.file(v), _STRING)]


class _Record(BaseModel):
    """A mapping with known keys only, which remembers where it and its values stand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    _place: Place = PrivateAttr(default=Place(""))
    _places: dict[str, Place] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        record = handler(_opened(data, info))
        return record.placed(data, _reader(info)) if isinstance(data, Value) else record

    def placed(self, value: Value, reader: FieldReader) -> Self:
        """This record, knowing that it was read from ``value``."""
        self._place = reader.place(value)
        self._places = {key: reader.place(entry.value) for key, entry in (value.entries or {}).items()}
        return self

    @property
    def place(self) -> Place:
        """Where the mapping begins."""
        return self._place

    def place_of(self, key: str) -> Place:
        """Where the value of ``key`` stands; where the mapping begins, if the key is absent."""
        return self._places.get(key, self._place)


class Revision(_Record):
    """One row of the revision history."""

    at: Moment
    change: Text


class Asset(_Record):
    """An image or attachment that the document may use. A source or a page's text without a mark has the asset's."""

    file: File
    marking: Marking
    caption: AssetText | None = None
    alt: AssetText | None = None
    source: SourceText | None = None


Revisions = Annotated[tuple[Revision, ...], BeforeValidator(_listed)]
Assets = Annotated[tuple[Asset, ...], BeforeValidator(_listed)]


class Metadata(_Record):
    """What the front matter of a bulletin says. ``None`` and empty tuples stand for keys that are absent."""

    id: Id
    title: Text
    title_released: Text | None = None
    summary: Text | None = None
    summary_released: Text | None = None
    area: Text | None = None
    area_released: Text | None = None
    action: Text | None = None
    action_released: Text | None = None
    contact: Text | None = None
    contact_released: Text | None = None
    date: Moment | None = None
    information_cutoff: Moment | None = None
    in_effect_until: Moment | None = None
    review_by: Day | None = None
    revised: Revisions = ()
    marking: Marking | None = None
    compilation_reason: Text | None = None
    system: SystemName = ""  # `read_metadata` gives the site's default
    product: Slug | None = None
    priority: Priority | None = None
    hazards: Facets = ()
    lifelines: Facets = ()
    regions: Facets = ()
    hsec_sins: Facets = ()
    supersedes: Ids = ()
    related: Ids = ()
    originator: Word | None = None
    point_to_point: Flag = False
    assets: Assets = ()
    draft: Flag = False
    recalled: PlainDay | None = None
    withheld_notice: Nothing | None = None

    @property
    def lacks_action(self) -> bool:
        """Whether this alerts people without telling them what to do."""
        return self.product is not None and self.product.value == "alert" and self.action is None


class PageMetadata(_Record):
    """What the front matter of a page says: ``marking`` covers all of the page, this metadata included."""

    marking: Marking
    title: PlainText | None = None
    description: PlainText | None = None
    system: SystemName = ""  # likewise
    hide: Hidden = ()
    assets: Assets = ()


def system_of(front: Value, default: str) -> str:
    """The marking system a document names, if there is such a one, else ``default``. Says nothing about faults."""
    entry = (front.entries or {}).get("system")
    name = (entry.value.text or "").strip() if entry else ""
    return name if name in SYSTEMS else default


def read_metadata(
    front: Value, path: str, system_default: str, *, page: bool
) -> tuple[Metadata | PageMetadata | None, list[Finding]]:
    """The metadata of a page or a bulletin, ``None`` where any of it is refused, and all that is to be said of it."""
    reader = FieldReader(path, system_of(front, system_default), page)
    model = PageMetadata if page else Metadata
    metadata: Metadata | PageMetadata | None = None
    try:
        metadata = model.model_validate(_with_system(front, system_default), context=reader)
    except ValidationError as error:
        reader.key = ""  # what follows is about mappings
        for fault in error.errors(include_url=False):
            _report(reader, front, fault)
    reader.key = ""
    if isinstance(metadata, Metadata) and metadata.lacks_action:
        reader.fault("missing-key", metadata.place_of("product"), "action, which an alert needs")
    refused = any(found.severity is Severity.ERROR for found in reader.findings)
    return (None if refused else metadata), reader.findings


def _with_system(front: Value, system: str) -> Value:
    entries = {**(front.entries or {})}
    entries.setdefault("system", Entry(front.line, front.column, Value(front.line, front.column, system)))
    return replace(front, data=entries)


def _report(reader: FieldReader, front: Value, fault: ErrorDetails) -> None:
    """One of pydantic's faults in our words. What our own readers refused has its finding already."""
    *way, last = fault["loc"] or ("",)
    within = _walk(front, way)
    entry = (within.entries or {}).get(str(last))
    if fault["type"] == "missing":
        reader.fault("missing-key", reader.place(within), _wanted(str(last), page=reader.page))
    elif fault["type"] == "extra_forbidden" and entry:
        _report_unknown(reader, str(last), entry, _RECORDS.get(str(way[0])) if way else None)
    elif not isinstance(fault.get("ctx", {}).get("error"), ReportedError):
        reader.fault("bad-value", reader.place(entry.value if entry else within))


_RECORDS: Mapping[str, type[_Record]] = {"revised": Revision, "assets": Asset}


def _wanted(key: str, *, page: bool) -> str:
    return "marking, which covers the whole page" if page and key == "marking" else key


def _report_unknown(reader: FieldReader, key: str, entry: Entry, record: type[_Record] | None) -> None:
    """A key that the record does not have; ``None`` stands for the document's own."""
    if record is None and reader.page and key in Metadata.model_fields:
        reader.fault("page-rule", Place(reader.path, entry.line, entry.column), f"{key} is a bulletin's key", len(key))
        return
    known = record or (PageMetadata if reader.page else Metadata)
    reader.unknown_key(key, entry, known.model_fields)


def _walk(value: Value, way: Iterable[int | str]) -> Value:
    """The value that a path of keys and list positions leads to, as far as it leads."""
    for step in way:
        if isinstance(step, int) and value.items and step < len(value.items):
            value = value.items[step]
        elif value.entries and str(step) in value.entries:
            value = value.entries[str(step)].value
    return value
