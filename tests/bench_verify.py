"""How fast the verifier is, and that it cries no wolf: a made archive of a thousand bulletins.

Run by ``make bench-verify``; prints megabytes a second, seconds of the clock and of the processors, and the memory of
all processes together. Nothing withheld is in the pages, so a finding fails it. No two bulletins are alike, so the
verifier cannot live on having seen a text before: only what the theme puts around it repeats, as on any site.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from archive import write_site
from bench_runs import run, size
from sites import NOON

BULLETINS = 1000
_MOMENT = {"SOURCE_DATE_EPOCH": NOON}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else BULLETINS
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "site"
        print("Building an archive ...", file=sys.stderr)  # noqa: T201 - what the command is for
        write_site(base, count)
        for arguments in (["build"], ["stage", "--edition", "eoc", "--out", "stage-eoc"]):
            done = run([sys.executable, "-m", "tearline", *arguments], base, _MOMENT)
            if done.failed:
                sys.exit(f"tearline {arguments[0]}: {done.failed}")
        measure(base)


def measure(base: Path) -> None:
    made = size(base / "site-eoc") / 1e6
    failed = ""
    for label, more in (
        ("bytes alone", []),
        ("with stage", ["--stage", "stage-eoc"]),
        ("with stage and full edition", ["--stage", "stage-eoc", "--full", "site-full"]),
    ):
        command = [sys.executable, "-m", "tearline.verify", "site-eoc", "--edition", "eoc", "-f", "mkdocs.yml", *more]
        done = run(command, base, _MOMENT)
        speed = f"{made:.0f} MB in {done.seconds:.1f} s: {made / done.seconds:.1f} MB/s"
        last = done.failed or (done.said.strip().splitlines()[-1:] or [""])[0]
        print(f"{label}: {speed}, {done.worked:.1f} s of processors, {done.memory / 1e6:.0f} MB, {last}")  # noqa: T201 - likewise
        failed = failed or done.failed
    if failed:
        sys.exit("Nothing withheld is in these pages, and the verifier did not pass them.")


if __name__ == "__main__":
    main()
