"""Look for withheld things that change a byte of what is released: run by hand, with as many corpora as you like.

    python tests/fuzz_corpora.py [CORPORA]     ``make fuzz`` takes a thousand

Each corpus is filled twice with other withheld words, files and documents; both have to be staged the same. What is
not is made as small as possible and printed.
"""

from __future__ import annotations

import sys

from hypothesis import given, settings

from corpora import stands
from test_noninterference import CORPORA, agree, seeds


def main(corpora: int) -> None:
    """Try so many corpora, other ones each time; raises where two fillings disagree."""
    wanted = settings(CORPORA, max_examples=corpora, database=None, derandomize=False)
    wanted(given(stands(), seeds, seeds)(agree))()
    print(f"{corpora} corpora, each filled twice: the same")  # noqa: T201 - a tool for the terminal


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
