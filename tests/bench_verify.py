"""How fast the verifier is: the sample site many times over, each copy with a product number and names of its own.

Run by ``make bench-verify``; prints megabytes a second and the memory it took.
"""

from __future__ import annotations

import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sites import ROOT, tearline
from tearline.search import FOLDER, index

BULLETINS = 1000
_PARTS = (
    "bel",
    "cor",
    "dun",
    "fal",
    "gar",
    "hol",
    "kest",
    "lor",
    "mar",
    "nor",
    "pen",
    "quill",
    "ros",
    "sten",
    "tarr",
    "wex",
)
_NAME = re.compile(r"(?<=[a-z] )[A-Z][a-z]{3,}(?= [A-Z][a-z]{3,})")


def name(chance: random.Random) -> str:
    return "".join(chance.choice(_PARTS) for _ in range(5)).capitalize()


def many(base: Path) -> None:
    """Copies of the sample's bulletins, sources and built pages alike, until there are enough."""
    for folder in ("bulletins", "overrides"):
        shutil.copytree(ROOT / folder, base / folder)
    shutil.copy(ROOT / "mkdocs.yml", base)
    public = set((ROOT / "mkdocs.yml").read_text(encoding="utf-8").split())
    originals = [path.read_text(encoding="utf-8") for path in sorted((base / "bulletins").glob("20*/*.md"))]
    for copy in range(BULLETINS - len(originals)):
        text = originals[copy % len(originals)]
        number = re.search(r"^id: (IB-(\d{4})-\d+)", text, re.MULTILINE)
        if number is None:
            continue
        other = f"IB-{number[2]}-{copy + 1000}"
        chance = random.Random(other)  # noqa: S311 - the same copies in every run
        renamed = {old: name(chance) for old in sorted(set(_NAME.findall(text)) - public)}
        old, new = (f"{number[2]}/{each.lower()}" for each in (number[1], other))
        pairs = [(base / "bulletins" / f"{new}.md", text)]
        for place, end in (("site-eoc", "/index.html"), ("site-full", "/index.html"), ("stage-eoc/docs", ".md")):
            page = base / place / f"{old}{end}"
            if page.exists():
                pairs.append((base / place / f"{new}{end}", page.read_text(encoding="utf-8")))
        for path, said in pairs:
            for word, instead in renamed.items():
                said = re.sub(rf"\b{word}\b", instead, said)  # noqa: PLW2901 - the copy
            path.parent.mkdir(exist_ok=True)
            path.write_text(said.replace(number[1], other).replace(number[1].lower(), other.lower()), encoding="utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        print("Building the sample site ...", file=sys.stderr)  # noqa: T201 - what the command is for
        for arguments in (("build", "--out", base), ("stage", "--edition", "eoc", "--out", base / "stage-eoc")):
            ran = tearline(*arguments, "--hold", cwd=ROOT)
            if ran.code:
                sys.exit(ran.said)
        many(base)
        for site in (base / "site-eoc", base / "site-full"):  # whose index knows nothing of the copies
            shutil.rmtree(site / FOLDER)
            with tempfile.TemporaryFile() as lock:
                index(site, lock.fileno())
        measure(base)


def measure(base: Path) -> None:
    site, stage, full, config = (base / name for name in ("site-eoc", "stage-eoc", "site-full", "mkdocs.yml"))
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6
    for label, more in (
        ("bytes alone", []),
        ("with stage", ["--stage", stage]),
        ("with stage and full edition", ["--stage", stage, "--full", full]),
    ):
        begun = time.perf_counter()
        command = [sys.executable, "-m", "tearline.verify", site, "--edition", "eoc", "-f", config, *more]
        done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False)
        took = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        said = done.stderr.strip().splitlines()[-1:] or [""]
        speed = f"{size:.0f} MB in {took:.1f} s: {size / took:.1f} MB/s, peak {peak:.0f} MB"
        print(f"{label}: {speed}, exit {done.returncode}, {said[0]}")  # noqa: T201 - likewise


if __name__ == "__main__":
    main()
