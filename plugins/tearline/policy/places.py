"""YAML text -> plain values, and the place of every one of them.

The reading is iterative, over the parser's events, so that a hundred thousand brackets are refused instead of
exhausting the stack. It is narrower than YAML: one document, a mapping, texts for keys, no key twice, no
anchors, aliases or merge keys, and of the tags only MkDocs's ``!ENV`` and ``!!python/name:``, which become
``Env`` and ``PythonName`` and are judged by whoever knows where they may stand.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from tearline.findings import Finding, Place, finding

Path = tuple[str | int, ...]
"""Where a value stands: the keys and list positions on the way to it."""

MAX_DEPTH = 24

# The C parser where PyYAML has it: fifty times faster, same events. It is only ever asked for events.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = yaml.reader.Reader.NON_PRINTABLE
_PYTHON_NAME = "tag:yaml.org,2002:python/name:"
_STR = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class Env:
    """``!ENV [NAME, …, default]``: the first variable that is set, else the default."""

    names: tuple[str, ...]
    default: Any = None

    def value(self, environ: Mapping[str, str]) -> Any:
        """The variable's text as it stands (no guessing of types: an empty one stays empty), or the default."""
        return next((environ[name] for name in self.names if name in environ), self.default)


@dataclass(frozen=True, slots=True)
class PythonName:
    """``!!python/name:package.module.function``, by name only."""

    name: str

    def resolve(self) -> Any:
        """The object of that name. Called only for names that ``allowed`` lists."""
        module, _, attribute = self.name.rpartition(".")
        return getattr(importlib.import_module(module), attribute)


@dataclass(frozen=True, slots=True)
class Document:
    """The values of a YAML mapping, with the place of each value and of each key."""

    data: dict[str, Any]
    source: str
    values: Mapping[Path, Place]
    keys: Mapping[Path, Place]

    def at(self, path: Path) -> Place:
        """The place of the value at ``path``, else of the nearest thing around it."""
        return self._nearest(path, self.values)

    def at_key(self, path: Path) -> Place:
        """The place of the key that ends ``path``, else of the nearest thing around it."""
        return self.keys[path] if path in self.keys else self._nearest(path, self.values)

    def _nearest(self, path: Path, places: Mapping[Path, Place]) -> Place:
        while path and path not in places:
            path = path[:-1]
        return places.get(path, Place(self.source))


def read_yaml(text: str, source: str) -> tuple[Document | None, list[Finding]]:
    """The document of ``text``, or None and why not. Never raises on any text."""
    if unprintable := _UNPRINTABLE.search(text):
        line, column = _line_and_column(text, unprintable.start())
        return None, [finding("policy-syntax", Place(source, line, column), "a control character stands here")]
    builder = _Builder(source)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
            if builder.hopeless:
                break
    except yaml.MarkedYAMLError as error:
        builder.fault(error.problem_mark or error.context_mark, _safe_problem(error))
    except (yaml.YAMLError, ValueError):
        builder.fault(None, "it is not YAML")
    return builder.document(), builder.faults


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1


def _safe_problem(error: yaml.MarkedYAMLError) -> str:
    # The parser's own words, unless they cite what it met.
    problem = str(error.problem or "")
    return problem if re.fullmatch(r"[a-z ,:'<>-]{1,80}", problem) else "it is not YAML"


@dataclass(slots=True)
class _Frame:
    """A collection being filled. ``key`` is the mapping key whose value comes next."""

    values: dict[str, Any] | list[Any]
    path: Path
    tag: str | None
    key: str | None = None

    def next_path(self) -> Path:
        return (*self.path, len(self.values) if isinstance(self.values, list) else self.key or "")


@dataclass(slots=True)
class _Builder:
    source: str
    faults: list[Finding] = field(default_factory=list)
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    stack: list[_Frame] = field(default_factory=list)
    root: Any = None
    documents: int = 0
    hopeless: bool = False

    def fault(self, mark: Any, detail: str) -> None:
        self.faults.append(finding("policy-syntax", self.place(mark), detail))

    def place(self, mark: Any) -> Place:
        return Place(self.source, mark.line + 1, mark.column + 1) if mark else Place(self.source)

    def document(self) -> Document | None:
        if not self.faults and not isinstance(self.root, dict):
            self.faults.append(finding("policy-syntax", Place(self.source), "it holds no keys"))
        return None if self.faults else Document(self.root, self.source, self.values, self.keys)

    def take(self, event: Any) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self.give_up(event, "a second document begins here")
            case yaml.AliasEvent():
                self.give_up(event, "anchors and aliases are not read")
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self.open(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.close()
            case yaml.ScalarEvent():
                self.scalar(event)

    def give_up(self, event: Any, detail: str) -> None:
        self.fault(event.start_mark, detail)
        self.hopeless = True

    def wants_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].values, dict) and self.stack[-1].key is None

    def open(self, event: Any) -> None:
        if event.anchor:
            self.give_up(event, "anchors and aliases are not read")
        elif self.wants_key():
            self.give_up(event, "a key has to be a text")
        elif len(self.stack) >= MAX_DEPTH:
            self.give_up(event, "it is nested too deeply")
        else:
            is_map = isinstance(event, yaml.MappingStartEvent)
            if event.tag is not None and (is_map or event.tag != "!ENV"):
                self.fault(event.start_mark, "this tag is not read")
            path = self.stack[-1].next_path() if self.stack else ()
            self.values[path] = self.place(event.start_mark)
            self.stack.append(_Frame({} if is_map else [], path, event.tag))

    def close(self) -> None:
        frame = self.stack.pop()
        value: Any = frame.values
        if frame.tag == "!ENV" and isinstance(value, list):
            *names, default = value if len(value) > 1 else (*value, None)
            value = Env(tuple(str(name) for name in names), default)
        self.put(value)

    def scalar(self, event: yaml.ScalarEvent) -> None:
        if event.anchor:
            self.give_up(event, "anchors and aliases are not read")
        elif self.wants_key():
            self.key(event)
        else:
            path = self.stack[-1].next_path() if self.stack else ()
            self.values[path] = self.place(event.start_mark)
            self.put(self.plain_value(event))

    def key(self, event: yaml.ScalarEvent) -> None:
        frame = self.stack[-1]
        path = (*frame.path, event.value)
        if event.tag is not None or (event.value == "<<" and event.implicit[0]):
            self.fault(event.start_mark, "merge keys and tags on keys are not read")
        elif path in self.keys:
            self.fault(event.start_mark, "this key stands twice")
        self.keys[path] = self.place(event.start_mark)
        frame.key = event.value

    def put(self, value: Any) -> None:
        if not self.stack:
            self.root = value
            return
        frame = self.stack[-1]
        if isinstance(frame.values, list):
            frame.values.append(value)
        else:
            frame.values[frame.key or ""] = value
            frame.key = None

    def plain_value(self, event: yaml.ScalarEvent) -> Any:
        if event.tag is None:
            return _implicit(event)
        if event.tag == "!ENV":
            return Env((event.value,))
        if event.tag.startswith(_PYTHON_NAME):
            return PythonName(event.tag.removeprefix(_PYTHON_NAME))
        if event.tag not in {_STR, "!"}:
            self.fault(event.start_mark, "this tag is not read")
        return event.value


_PLAIN: Mapping[str, re.Pattern[str]] = {
    # YAML 1.1 as PyYAML and MkDocs read it, less what only ever surprises: dates, octal and base-60 numbers stay texts.
    "null": re.compile(r"~|null|Null|NULL|"),
    "true": re.compile(r"yes|Yes|YES|true|True|TRUE|on|On|ON"),
    "false": re.compile(r"no|No|NO|false|False|FALSE|off|Off|OFF"),
    "int": re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})"),
    "float": re.compile(r"[-+]?[0-9]{1,17}\.[0-9]{0,17}"),
}


def _implicit(event: yaml.ScalarEvent) -> Any:
    if not event.implicit[0]:
        return event.value
    kind = next((kind for kind, pattern in _PLAIN.items() if pattern.fullmatch(event.value)), "text")
    match kind:
        case "null":
            return None
        case "true" | "false":
            return kind == "true"
        case "int":
            return int(event.value)
        case "float":
            return float(event.value)
    return event.value


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value inside ``value``, itself first, with its path."""
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, (*path, index))
