"""A reading of a document <-> bytes, for the full side's store.

Pickle makes any object that the bytes name, and may run anything. So only what a reading is made of can come out:
plain data, and the classes of the modules that read documents.
"""

from __future__ import annotations

import io
import pickle
from enum import Enum
from typing import Any, Final

_MODULES: Final = ("tearline.bulletin.", "tearline.findings", "tearline.marking.")
_PLAIN: Final = frozenset(
    {
        *(("builtins", name) for name in ("frozenset", "set")),
        *(("datetime", name) for name in ("date", "datetime", "time", "timedelta", "timezone")),
    }
)


class _StrangeError(pickle.UnpicklingError):
    """The bytes name something that no reading is made of."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name) if module.startswith(_MODULES) or (module, name) in _PLAIN else None
        ours = isinstance(found, type) and (hasattr(found, "__dataclass_fields__") or issubclass(found, Enum))
        if ours or hasattr(found, "model_fields") or (module, name) in _PLAIN:
            return found
        raise _StrangeError


def packed_of(reading: object) -> bytes:
    """A reading as bytes."""
    return pickle.dumps(reading, protocol=5)


def unpacked(data: bytes) -> Any:
    """What ``packed_of`` packed; None where the bytes are anything else."""
    try:
        return _Unpickler(io.BytesIO(data)).load()
    except Exception:  # noqa: BLE001 - of whatever kind: then the document is read again
        return None
