"""How fast the verifier is, and that it cries no wolf: the sample site many times over, each copy in words of its own.

Run by ``make bench-verify``; prints megabytes a second, seconds of the clock and of the processors, and the memory of
the largest process, of which there are three. Nothing withheld is in the copies' pages, so a finding fails it. The
words of each copy are exchanged for others, so that of its text nothing stands on two pages and the verifier cannot
live on having seen it before: only what the theme puts around it repeats, as on any site.
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
from collections.abc import Iterable, Iterator
from pathlib import Path

from sites import ROOT, tearline
from tearline.search import FOLDER, index
from tearline.verify.tokens import is_common

BULLETINS = 1000
_SYLLABLES = "bel cor dun fal gar hol kest lor mar nor pen quill ros sten tarr wex".split()  # noqa: SIM905 - a list
_LENGTH = 5  # syllables of a name
_STEP = 0x9E375  # has no factor in common with the number of names
_NAME = re.compile(r"(?<=[a-z] )[A-Z][a-z]{3,}(?= [A-Z][a-z]{3,})")
_SMALL = re.compile(r"(?<![\w&#./-])[a-z]{4,}(?![\w/=.-])")
_CODE = re.compile(r"<[^<>]*>|<(script|style)\b.*?</\1>|^---\n.*?^---\n", re.DOTALL | re.MULTILINE)
_BUILT = (("site-eoc", "/index.html"), ("site-full", "/index.html"), ("stage-eoc/docs", ".md"))


def names() -> Iterator[str]:
    """Names, none of them twice: one withheld in a copy and released in another would rightly be found."""
    base = len(_SYLLABLES)
    for number in range(base**_LENGTH):
        scattered = number * _STEP % base**_LENGTH  # neighbours are not alike
        yield "".join(_SYLLABLES[scattered // base**place % base] for place in range(_LENGTH)).capitalize()


class Copies:
    """Makes copies of bulletins in other words: a common word becomes a common word, a name becomes a name."""

    def __init__(self, texts: Iterable[str], code: set[str]) -> None:
        said = " ".join(texts)
        self.small = sorted({word for word in _SMALL.findall(said) if is_common(word)} - code)
        self.fresh = names()
        self.names = sorted({word for word in _NAME.findall(said) if f" {word.lower()}" not in said} - code)

    def words_of(self, number: str) -> dict[str, str]:
        """What each word becomes in the copy with this product number."""
        chance = random.Random(number)  # noqa: S311 - the same copies in every run
        others = chance.sample(self.small, len(self.small))
        return dict(zip(self.small, others, strict=True)) | dict(zip(self.names, self.fresh, strict=False))


def many(base: Path) -> None:
    """Copies of the sample's bulletins, sources, staged and built pages alike, until there are enough."""
    originals = [path.read_text(encoding="utf-8") for path in sorted((base / "bulletins").glob("20*/*.md"))]
    copies = Copies(originals, code_of(base))
    for copy in range(BULLETINS - len(originals)):
        text = originals[copy % len(originals)]
        number = re.search(r"^id: (IB-(\d{4})-\d+)", text, re.MULTILINE)
        if number is None:
            continue
        other = f"IB-{number[2]}-{copy + 1000}"
        exchanged = copies.words_of(other)
        old, new = (f"{number[2]}/{each.lower()}" for each in (number[1], other))
        pairs = [(base / "bulletins" / f"{new}.md", text)]
        for place, end in _BUILT:
            page = base / place / f"{old}{end}"
            if page.exists():
                pairs.append((base / place / f"{new}{end}", page.read_text(encoding="utf-8")))
        for path, before in pairs:
            said = re.sub(r"\w+", lambda found: exchanged.get(found[0], found[0]), before)  # noqa: B023 - used at once
            path.parent.mkdir(exist_ok=True)
            path.write_text(said.replace(number[1], other).replace(number[1].lower(), other.lower()), encoding="utf-8")


def code_of(base: Path) -> set[str]:
    """The words that mean something to a program, a template or a configuration: these stay as they are."""
    pages = [path for place, _ in _BUILT for path in (base / place).rglob("*.*") if path.suffix in (".html", ".md")]
    listings = [path for path in pages if not re.search(r"/20\d\d/", path.as_posix())]
    found = {word for path in pages for code in _CODE.finditer(path.read_text("utf-8")) for word in _WORDS(code[0])}
    found |= {word for path in listings for word in _WORDS(path.read_text("utf-8"))}
    templates = [*(base / "overrides").rglob("*.html"), base / "mkdocs.yml"]
    return found | {word for path in templates for word in _WORDS(path.read_text("utf-8"))}


_WORDS = re.compile(r"\w+").findall


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        print("Building the sample site ...", file=sys.stderr)  # noqa: T201 - what the command is for
        for name in ("bulletins", "overrides", "plugins/placeholder"):
            shutil.copytree(ROOT / name, base / name)
        said = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
        (base / "mkdocs.yml").write_text(said.replace("pdf: auto", "pdf: false"), encoding="utf-8")
        for arguments in (("build", "--out", base), ("stage", "--edition", "eoc", "--out", base / "stage-eoc")):
            ran = tearline(*arguments, "--hold", cwd=base)
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
    codes = set()
    for label, more in (
        ("bytes alone", []),
        ("with stage", ["--stage", stage]),
        ("with stage and full edition", ["--stage", stage, "--full", full]),
    ):
        begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "tearline.verify", site, "--edition", "eoc", "-f", config, *more]
        done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False)
        took, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        speed = f"{size:.0f} MB in {took:.1f} s: {size / took:.1f} MB/s, {worked:.1f} s of processors"
        said = done.stderr.strip().splitlines()[-1:] or [""]
        print(f"{label}: {speed}, {after.ru_maxrss / 1024:.0f} MB, exit {done.returncode}, {said[0]}")  # noqa: T201 - likewise
        codes.add(done.returncode)
    if codes != {0}:
        sys.exit("Nothing withheld is in these pages, and the verifier did not pass them.")


if __name__ == "__main__":
    main()
