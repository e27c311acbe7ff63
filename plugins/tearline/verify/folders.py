"""What is below a folder that somebody else may have filled: however deep it goes, whatever its names are made of."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, NamedTuple

DEEPEST: Final = 32  # folders inside each other; no site has half as many


class Below(NamedTuple):
    """Below a folder: plain files and their paths; what is neither file nor folder of files; what is too deep."""

    files: dict[str, Path]
    odd: list[str]
    deep: list[str]


def below(root: Path) -> Below:
    """Everything below a folder, sorted. Links are not followed, and folders that are too deep are not looked into."""
    found = Below({}, [], [])
    left = [(root, "")]
    while left:
        folder, name = left.pop()
        with os.scandir(folder) as opened:
            entries = sorted(opened, key=lambda entry: entry.name)
        if name and not entries:
            found.odd.append(name)
        elif name.count("/") >= DEEPEST:
            found.deep.append(name)
            continue
        for entry in entries:
            place = f"{name}/{entry.name}" if name else entry.name
            if entry.is_dir(follow_symlinks=False):
                left.append((folder / entry.name, place))
            elif entry.is_file(follow_symlinks=False):
                found.files[place] = folder / entry.name
            else:
                found.odd.append(place)
    order = sorted(found.files, key=lambda name: name.split("/"))
    return Below({name: found.files[name] for name in order}, sorted(found.odd), sorted(found.deep))


def printable(name: str) -> str:
    """A name as findings may give it: what is no printable text as ``%0A``, as `tearline check` does."""
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else _percent(char) for char in name)


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
