"""The parts of README and of ``docs/`` that the tool itself says, made from the tool.

    python tests/documents.py     writes them anew, which is what `make docs` does

A part stands between ``<!-- made: name -->`` and ``<!-- end -->``. ``test_readme`` makes every part again and compares.
"""

from __future__ import annotations

import ast
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import yaml

import tearline as package
from sites import ROOT, make_site, tearline
from tearline.cli import cli
from tearline.findings import RULES
from tearline.marking import read_mark
from tearline.policy import allowed

FILES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SOURCE: Final = ROOT / "plugins" / "tearline"
EDITIONS: Final = ("eoc", "full")
EXAMPLE: Final = re.compile(r"<!-- example -->\n```markdown\n(.*?)```\n", re.DOTALL)
_PART: Final = re.compile(r"(<!-- made: ([a-z-]+) -->\n)(.*?)(<!-- end -->\n)", re.DOTALL)
_SENTENCE: Final = re.compile(r"((?:``[^`]*``|[^`])*?)[.?](?=\s|$)")
# The marks that the reference shows of each system, and spellings that people type.
SHOWN: Final = {
    "fouo-les": ["U", "U//FOUO", "U//LES", "U//LES-NF", "U//SSI", "U//SBU", "U//FOUO/NF", "U//REL TO USA, CAN//LES"],
    "cui": ["U", "CUI", "CUI//EMGT", "CUI//CRIT/EMGT", "CUI//LEI", "CUI//SP-SSI", "CUI//LEI/INV//NF", "CUI//FED ONLY"],
    "tlp": ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"],
}
TYPED: Final = [
    "U//FOUO//LES",
    "U//LES//FOUO",
    "U//LES NOFORN",
    "U//NF//LES",
    "U/FOUO",
    "U // LES",
    "LES",
    "FOUO",
    "u//les",
]


# --- README ---------------------------------------------------------------------------------------------------


def flow(_: str) -> Iterator[str]:
    """The data-flow picture of the package."""
    lines = (package.__doc__ or "").split("\n")
    yield from ("```text", *(line.removeprefix("    ") for line in lines if line.startswith("    ")), "```")


def commands(_: str) -> Iterator[str]:
    """What ``--help`` says, of the program and of every command."""
    for name in ("", *sorted(cli.commands)):
        ran = tearline(*filter(None, [name]), "--help", cwd=ROOT, COLUMNS="80")
        yield from (
            "```text",
            f"$ {' '.join(['tearline', *filter(None, [name]), '--help'])}",
            ran.out.rstrip(),
            "```",
            "",
        )


def codes(_: str) -> Iterator[str]:
    """The table of all codes."""
    yield from _table(
        ("Code", "Name", "Severity", "Meaning", "Mend"),
        ((r.code, f"`{r.name}`", r.severity.value, _cell(r.meaning), _cell(r.mend)) for r in RULES.values()),
    )


def modules(_: str) -> Iterator[str]:
    """Every module and data file of the package in the direction that words go, with its first sentence."""
    for name in layers():
        path = SOURCE / name
        if path.is_dir():
            yield f"- `{name}/`{_said(path / '__init__.py')}"
            inner = sorted(each for each in path.rglob("*") if each.suffix in {".py", ".yml"})
            yield from (
                f"    - `{each.relative_to(path).as_posix()}`{_said(each)}" for each in inner if each.stem != "__init__"
            )
        else:
            yield f"- `{name}.py`{_said(path.with_suffix('.py'))}"


def layers() -> list[str]:
    """The names of the package's top modules, lowest layer first, as the import contract has them."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    rows = next(one["layers"] for one in contracts if one["id"] == "direction")
    return [name.strip() for row in reversed(rows) for name in row.split("|")]


def _said(path: Path) -> str:
    """The first sentence of a module's docstring, or of a data file's first comment, after a colon."""
    text = path.read_text(encoding="utf-8")
    first = ast.get_docstring(ast.parse(text)) or "" if path.suffix == ".py" else _comment(text)
    match = _SENTENCE.match(" ".join(first.split("\n\n")[0].split()))
    return f": {match[1].replace('``', '`')}" if match else ""


def _comment(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(line.lstrip("# ") for line in lines[: next(n for n, line in enumerate(lines) if line[:1] != "#")])


def example(edition: str) -> Callable[[str], Iterator[str]]:
    """What an edition makes of README's bulletin: its banner, its words, and what it says beside them."""

    def made(document: str) -> Iterator[str]:
        match = EXAMPLE.search(document)
        if match is None:
            raise ValueError("README has no example")
        front, body = staged(match[1])[edition]
        yield f"Banner `{front['banner']}`."
        if front.get("withheld"):
            yield f'Above the text: "{front["withheld_sentence"]}"'
        yield from ("", "```markdown", body.strip(), "```")

    return made


def staged(source: str) -> dict[str, tuple[dict[str, str], str]]:
    """A bulletin through ``tearline stage`` under this policy; for each edition what its page tells, and the body."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "site"
        make_site(root, {"example.md": source}, (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
        found = {}
        for edition in EDITIONS:
            ran = tearline("stage", "--edition", edition, "--out", edition, cwd=root)
            if ran.code or ran.out:
                raise ValueError(ran.said)
            page = next(each for each in (root / edition / "docs").rglob("ib-*.md"))
            _, front, body = page.read_text(encoding="utf-8").split("---\n", 2)
            found[edition] = (yaml.safe_load(front)["tearline"], body)
        return found


# --- docs/writing.md ------------------------------------------------------------------------------------------


def marks(system: str) -> Callable[[str], Iterator[str]]:
    """Marks of a system: how they are written, shown and said."""

    def made(_: str) -> Iterator[str]:
        rows = [(spelled, read_mark(spelled, system).mark) for spelled in SHOWN[system]]
        yield from _table(
            ("Mark", "Banner", "Who may have it"),
            ((f"`({spelled})`", f"`{mark.banner}`", mark.sharing) for spelled, mark in rows if mark is not None),
        )

    return made


def aliases(_: str) -> Iterator[str]:
    """What people type, and what it is read as."""
    rows = ((f"`({typed})`", f"`({read_mark(typed, 'fouo-les').mark})`") for typed in TYPED)
    yield from _table(("Typed", "Read as"), rows)


# --- docs/policy.md -------------------------------------------------------------------------------------------


def extensions(_: str) -> Iterator[str]:
    """The Markdown extensions a site may have, and their options."""
    always = dict.fromkeys(allowed.REQUIRED_EXTENSIONS, " (always on)")
    rows = ((f"`{name}`{always.get(name, '')}", _names(options)) for name, options in allowed.EXTENSIONS.items())
    yield from _table(("Extension", "Options"), rows)


def reasons(table: Mapping[str, str]) -> Callable[[str], Iterator[str]]:
    """Names with a sentence each."""
    return lambda _: _table(("Name", "Because"), ((f"`{name}`", _cell(why)) for name, why in table.items()))


def features(_: str) -> Iterator[str]:
    """The theme's features."""
    yield f"{_names(allowed.FEATURES)}."


# --- writing --------------------------------------------------------------------------------------------------

PARTS: Final[Mapping[str, Callable[[str], Iterable[str]]]] = {
    "flow": flow,
    "commands": commands,
    "codes": codes,
    "modules": modules,
    **{f"example-{edition}": example(edition) for edition in EDITIONS},
    **{f"marks-{system}": marks(system) for system in SHOWN},
    "aliases": aliases,
    "plugins": reasons(allowed.PLUGINS),
    "refused-plugins": reasons(allowed.REFUSED_PLUGINS),
    "extensions": extensions,
    "refused-extensions": reasons(allowed.REFUSED_EXTENSIONS),
    "refused-keys": reasons(allowed.REFUSED_KEYS),
    "features": features,
}


def made(document: str) -> dict[str, str]:
    """The parts that a document has, made from the tool as it is now."""
    return {match[2]: "\n".join(PARTS[match[2]](document)).rstrip("\n") + "\n" for match in _PART.finditer(document)}


def standing(document: str) -> dict[str, str]:
    """The parts as they stand in a document."""
    return {match[2]: match[3].strip("\n") + "\n" for match in _PART.finditer(document)}


def rewritten(document: str) -> str:
    """The document with every part made anew."""
    parts = made(document)
    return _PART.sub(lambda match: f"{match[1]}\n{parts[match[2]]}\n{match[4]}", document)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for row in (head, tuple("---" for _ in head), *rows):
        yield f"| {' | '.join(row)} |"


def _cell(words: str) -> str:
    """Plain words as they look in a table's cell."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def main() -> None:
    """Write every document anew."""
    for path in FILES:
        document = path.read_text(encoding="utf-8")
        path.write_text(rewritten(document), encoding="utf-8")


if __name__ == "__main__":
    main()
