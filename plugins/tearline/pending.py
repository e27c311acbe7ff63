"""Texts that are made when they are asked for, and not kept: an archive's pages and e-mail are many megabytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from typing import TypeVar

T = TypeVar("T")


class Pending(MutableMapping[str, T]):
    """Values by name: some are there, some are made each time they are asked for, always the same."""

    def __init__(self) -> None:
        self._makers: dict[str, Callable[[], T]] = {}

    def later(self, name: str, make: Callable[[], T]) -> None:
        """Have a value made when it is asked for."""
        self._makers[name] = make

    def take(self, others: Pending[T]) -> None:
        """Have these too, without making any of them."""
        self._makers |= others._makers

    def __getitem__(self, name: str) -> T:
        return self._makers[name]()

    def __setitem__(self, name: str, value: T) -> None:
        self._makers[name] = lambda: value

    def __delitem__(self, name: str) -> None:
        del self._makers[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers  # which makes nothing

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __repr__(self) -> str:
        return repr(dict(self.items()))

    def __len__(self) -> int:
        return len(self._makers)
