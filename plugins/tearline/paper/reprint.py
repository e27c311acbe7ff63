"""``python -m tearline.paper.reprint [SITE THEME URL]``: pages of a site, printed again for whoever compares.

The names of pages come on standard input, each ended by a zero byte. For each of them there is one line: the SHA-256 of
its PDF, or a hyphen where none can be made of it. No store is asked and nothing is written. Without arguments the one
line is what the bytes of PDFs depend on here, or with exit code 3 what is missing to make any.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tearline.paper.engine import identity, install, missing, settle

if TYPE_CHECKING:
    from tearline.paper.maker import Maker

NONE: Final = "-"
_MISSING: Final = 3


def digests(maker: Maker, names: Iterable[str], site_url: str) -> Iterator[str]:
    """The SHA-256 of the PDF of each page, in order; ``NONE`` where there can be none."""
    for name in names:
        try:
            made = maker.named(name, site_url)
            yield hashlib.sha256(made).hexdigest() if made is not None else NONE
        except Exception:  # noqa: BLE001 - whatever somebody's page makes of the engine: the others are printed
            yield NONE


def main(arguments: Sequence[str]) -> int:
    """Run; the exit code."""
    settle()
    if not arguments:
        lacks = missing()
        sys.stdout.write(f"{install(lacks) if lacks else identity()}\n")
        return _MISSING if lacks else 0
    from tearline.paper.maker import Maker  # noqa: PLC0415 - not needed where nothing is printed

    site, theme, site_url = arguments
    names = sys.stdin.buffer.read().decode("utf-8", "surrogateescape").split("\0")[:-1]
    for line in digests(Maker(Path(site), Path(theme)), names, site_url):
        print(line, flush=True)  # noqa: T201 - what was printed is known, should one of the rest be too much
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
