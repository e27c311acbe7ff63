"""A record <-> bytes, for the full side's store.

Pickle makes any object that the bytes name, and may run anything. So only what a record is made of can come out: plain
data, and the few classes that are named here, each made by its own constructor.
"""

from __future__ import annotations

import datetime as dt
import io
import pickle
from dataclasses import fields
from typing import Any, Final

from tearline.findings import Finding, Place, Rule, Severity
from tearline.marking import Mark
from tearline.records import Record, Reference, Ruling, Wanted
from tearline.release import Outline, Shown

_RECORDS: Final[tuple[type[Any], ...]] = (Record, Ruling, Reference, Wanted, Outline, Shown, Mark, Finding, Place, Rule)
_VALUES: Final[tuple[type[Any], ...]] = (
    Severity,
    frozenset,
    set,
    dt.date,
    dt.datetime,
    dt.time,
    dt.timedelta,
    dt.timezone,
)
_NAMES: Final = {each: tuple(one.name for one in fields(each)) for each in _RECORDS}
_KNOWN: Final = {(each.__module__, each.__qualname__): each for each in (*_RECORDS, *_VALUES)}


class _StrangeError(pickle.UnpicklingError):
    """The bytes name something that no record is made of."""


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: object) -> Any:
        """A record as its constructor and what that takes: it is checked again, and read faster than by itself."""
        if isinstance(obj, _RECORDS):
            return type(obj), tuple(getattr(obj, name) for name in _NAMES[type(obj)])
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _KNOWN[module, name]
        except KeyError:
            raise _StrangeError from None


def packed_of(what: object) -> bytes:
    """A record, or plain data with records in it, as bytes."""
    made = io.BytesIO()
    _Pickler(made, protocol=5).dump(what)
    return made.getvalue()


def unpacked(data: bytes) -> Any:
    """What ``packed_of`` packed; None where the bytes are anything else."""
    try:
        return _Unpickler(io.BytesIO(data)).load()
    except Exception:  # noqa: BLE001 - of whatever kind: then the document is read again
        return None
