"""Look for documents that raise, take long or lose their containers: run by hand, as long as you like.

    python tests/fuzz_documents.py [SECONDS]     ``make fuzz`` takes five minutes

Each round mutates a sample, a golden case or a typist's bulletin, and reads the result. A failure is printed with its
seed and the body is written to the current folder.
"""

from __future__ import annotations

import random
import sys
import time
import traceback
from pathlib import Path

from newsroom import CASES, cases, marked, read
from test_blocks import PIECES
from typist import Typist

BULLETINS = Path(__file__).parents[1] / "bulletins"
LIMIT = 1.0  # seconds


def seeds() -> list[str]:
    """Bodies to begin with."""
    samples = [path.read_text(encoding="utf-8").partition("\n---\n")[2] for path in sorted(BULLETINS.rglob("*.md"))]
    golden = [case.body for path in sorted(CASES.glob("*.md")) for case in cases(path)]
    return [*samples, *golden, *(Typist(seed).document()[0] for seed in range(100))]


def mutated(body: str, draw: random.Random) -> str:
    """A body with a few things put in, taken out, doubled, indented or repeated very often."""
    for _ in range(draw.randrange(1, 12)):
        at = draw.randrange(len(body) + 1)
        to = min(len(body), at + draw.randrange(1, 40))
        match draw.randrange(6):
            case 0:
                body = body[:at] + draw.choice(PIECES) + body[at:]
            case 1:
                body = body[:at] + body[to:]
            case 2:
                body = body[:to] + body[at:to] + body[to:]
            case 3:
                body = body[:at] + draw.choice(PIECES) * draw.choice([2, 10, 1_000]) + body[at:]
            case 4:
                lines = body.split("\n")
                row = draw.randrange(len(lines))
                lines[row] = draw.choice([" ", "  ", "    ", "\t", "> "]) + lines[row]
                body = "\n".join(lines)
            case _:
                body = body[:at] + draw.choice("\n \t\r\0\u200b\u00a0*_`[]()<>&|#-") + body[at:]
    return body[:500_000]


def complaint(body: str) -> str:
    """What is wrong with how a body is read; empty if nothing is."""
    start = time.process_time()
    try:
        _, found = marked(read(body))
    except Exception:  # noqa: BLE001 - any exception is what this looks for
        return traceback.format_exc()
    took = time.process_time() - start
    if took > LIMIT:
        return f"took {took:.1f} s"
    return "unread text" if any(one.rule.name == "unread-text" for one in found) else ""


def main(seconds: float) -> int:
    """Fuzz for that long; the number of failures."""
    bodies, failures, number, end = seeds(), 0, 0, time.monotonic() + seconds
    first = random.randrange(1 << 30)  # noqa: S311 - no secret
    while time.monotonic() < end:
        draw = random.Random(first + number)  # noqa: S311 - no secret
        body = mutated(draw.choice(bodies), draw)
        said = complaint(body)
        if said:
            failures += 1
            Path(f"fuzz-{first + number}.md").write_text(body, encoding="utf-8")
            print(f"seed {first + number}: {said}")  # noqa: T201 - a tool for the terminal
        number += 1
    print(f"{number} documents, {failures} failures")  # noqa: T201 - likewise
    return failures


if __name__ == "__main__":
    sys.exit(bool(main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0)))
