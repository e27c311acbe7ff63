"""Runs a step on a disk of our own making: too small by ever less, or one that may not be written.

    python disks.py full BENCH        every size at which `new` could fail to replace `old`
    python disks.py readonly BENCH    nothing there may be written
    python disks.py build SITE        a real build, on disks of a few sizes

Run it below `unshare --map-root-user --mount`. The disk is a tmpfs that only this process and its children see: the
tests need no right of the machine's. The folders that are served lie on it; what is wrong with them ends the run.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from releases import NEW, NOW, OLD, Bench, shown
from sites import every_byte, tearline
from tearline.publish import Offer, publish, rollback
from tearline.swap import TargetError

STEP = 4  # KiB: a page of memory, which is what a tmpfs grows by
MUCH = 1 << 16


def mounted(folder: Path, *options: str) -> None:
    """Put an empty disk at ``folder``, or change the one that is there."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "none", str(folder)], check=True)


def used(folder: Path) -> int:
    """KiB that are taken."""
    told = subprocess.run(["df", "-k", "--output=used", str(folder)], check=True, capture_output=True, text=True)
    return int(told.stdout.split()[1])


def attempt(bench: Bench, offer: Offer, why: str) -> bool:
    """Try to publish; whether it was. Where it was not, the old release stands and the reason is told."""
    try:
        came = publish(offer, bench.signers, NOW)
    except TargetError as fault:
        if why not in str(fault) or "\n" in str(fault) or shown(bench.target) != OLD:
            raise SystemExit(f"not as it should be: {fault}") from None
        return False
    if came.findings or shown(bench.target) != NEW:
        raise SystemExit("published, and not as it should be")
    return True


def full(bench: Bench, old: Offer, new: Offer) -> None:
    """Let the disk be full at every page of what a publish needs."""
    mounted(bench.root / "www", f"size={MUCH}k")
    publish(old, bench.signers, NOW)
    taken, failures = used(bench.root / "www"), 0
    while True:
        mounted(bench.root / "www", "remount", f"size={taken + failures * STEP}k")
        if attempt(bench, new, "No space left"):
            break
        failures += 1
    mounted(bench.root / "www", "remount", f"size={MUCH}k")
    if rollback("eoc", bench.target, bench.signers, NOW).findings or shown(bench.target) != OLD:
        raise SystemExit("no way back")
    sys.stdout.write(f"{failures} failures\n")


def readonly(bench: Bench, old: Offer, new: Offer) -> None:
    """Let the disk refuse every write, for publishing and for going back; then let it take them."""
    mounted(bench.root / "www", f"size={MUCH}k")
    publish(old, bench.signers, NOW)
    mounted(bench.root / "www", "remount", "ro")
    if attempt(bench, new, "Read-only"):
        raise SystemExit("published to a disk that may not be written")
    mounted(bench.root / "www", "remount", "rw")
    attempt(bench, new, "")
    sys.stdout.write("1 failures\n")


def build(site: Path) -> None:
    """Build over an old site on disks too small for the sources, the renderer, the verifier; then on a large one."""
    out, failures = site / "out", 0
    out.mkdir()
    mounted(out, f"size={MUCH}k")
    command = ("build", "--edition", "eoc", "--out", out)
    if tearline(*command, cwd=site).code:
        raise SystemExit("the first build failed")
    before, taken = every_byte(out), used(out)
    source = site / "bulletins" / "a.md"
    source.write_text(f"{source.read_text(encoding='utf-8')}\n(U) More words.\n", encoding="utf-8")
    for free in (0, 64, 1024, 3072, 4608):
        mounted(out, "remount", f"size={taken + free}k")
        ran = tearline(*command, cwd=site)
        if (ran.code, every_byte(out)) != (2, before) or "No space left" not in ran.err.splitlines()[-1]:
            raise SystemExit(f"with {free} KiB: {ran.code}, {ran.said}")
        failures += 1
    mounted(out, "remount", f"size={taken}k,ro")
    ran = tearline(*command, cwd=site)
    if (ran.code, every_byte(out)) != (2, before) or "Read-only" not in ran.err:
        raise SystemExit(f"read-only: {ran.code}, {ran.said}")
    mounted(out, "remount", f"size={MUCH}k,rw")
    if tearline(*command, cwd=site).code or every_byte(out) == before or list(out.glob(".*")):
        raise SystemExit("not recovered")
    sys.stdout.write(f"{failures} failures\n")


def main(what: str, root: Path) -> None:
    """Do one of the three."""
    if what == "build":
        build(root)
        return
    bench = Bench.at(root)
    old = bench.release("old", OLD, built="2026-11-23T10:00:00Z")
    new = bench.release("new", NEW, built="2026-11-23T11:00:00Z")
    (full if what == "full" else readonly)(bench, old, new)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
