"""README and ``docs/`` say what is so: commands, help, codes, examples, tables, paths, links and pictures."""

from __future__ import annotations

import ast
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import BaseModel

from documents import EXAMPLE, FILES, PARTS, SOURCE, layers, made, standing
from pictures import ADDRESS, BULLETIN, IMAGES, LARGEST, PASSAGE
from sites import ROOT, make_site, tearline
from tearline import cli
from tearline.bulletin.metadata import Metadata, PageMetadata
from tearline.findings import RULES, Place, finding
from tearline.marking import SYSTEMS
from tearline.policy import allowed
from tearline.policy.checks import notice_names
from tearline.policy.schema import EditionShape, SiteShape, TearlineShape

README = (ROOT / "README.md").read_text(encoding="utf-8")
WRITING = (ROOT / "docs" / "writing.md").read_text(encoding="utf-8")
POLICY = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
DECISIONS = (ROOT / "plugins" / "DECISIONS.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCUMENTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in FILES}
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
FENCE = re.compile(r"^(`{3,})([^`\n]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
MADE = re.compile(r"<!-- made: .*?<!-- end -->", re.DOTALL)
BUILT = {"site-eoc", "site-full", ".venv", "wheels/", ".tearline/full-side/"}  # what the commands make


def fences(document: str) -> list[tuple[str, str]]:
    return [(match[2].strip(), match[3]) for match in FENCE.finditer(document)]


def prose(document: str) -> str:
    return FENCE.sub("", MADE.sub("", document))


def code(document: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", prose(document))


def words_typed(document: str) -> list[str]:
    """Whatever a reader could type: code in running text, and the lines of plain fences."""
    lines = [line for info, body in fences(MADE.sub("", document)) if info == "text" for line in body.splitlines()]
    return [*code(document), *lines]


def keys_of(document: str, heading: str) -> set[str]:
    """The keys in the first column of the table below a line that holds ``heading``."""
    table = document.split(heading, 1)[1].split("|---|---|\n", 1)[1].split("\n\n", 1)[0]
    return {key for row in table.splitlines() for key in re.findall(r"`([a-z_]+)`", row.split(" | ")[0])}


def fields(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


# --- what is made from the tool ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_what_a_document_says_of_the_tool_is_what_the_tool_says(name: str) -> None:
    assert standing(DOCUMENTS[name]) == made(DOCUMENTS[name]), "run `make docs` and look at what changed"


def test_every_part_is_in_some_document() -> None:
    assert {part for document in DOCUMENTS.values() for part in standing(document)} == set(PARTS)


def test_the_code_table_has_every_rule_once_with_severity_meaning_and_mend() -> None:
    rows = re.findall(
        r"^\| (TL\d{3}) \| `([a-z0-9-]+)` \| (error|warning|note) \| \S.* \| \S.* \|$", README, re.MULTILINE
    )
    assert rows == [(rule.code, rule.name, rule.severity.value) for rule in RULES.values()]


def test_the_example_has_ten_lines_and_shows_what_it_is_meant_to() -> None:
    match = EXAMPLE.search(README)
    assert match is not None
    assert len([line for line in match[1].splitlines() if line.strip()]) == 10
    parts = standing(README)
    for withheld in ("Tollan", "Source 17", "LES", "Wording"):
        assert withheld not in parts["example-eoc"]
        assert withheld in parts["example-full"]
    assert "a former contractor" in parts["example-eoc"]


def test_every_module_of_the_package_is_named() -> None:
    named = [re.split(r"`", line)[1] for line in standing(README)["modules"].splitlines()]
    top = {
        path.stem if path.suffix else path.name
        for path in SOURCE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert set(layers()) == top - {"__init__"}
    inner = {path for path in SOURCE.rglob("*.py") if path.parent != SOURCE and path.stem != "__init__"}
    assert {path.name for path in inner} <= {Path(name).name for name in named}
    assert len(named) == len(layers()) + len(inner) + len([*SOURCE.glob("*/**/*.yml")])


# --- commands ---------------------------------------------------------------------------------------------------


def test_the_make_targets_named_exist_and_every_target_is_named() -> None:
    typed = [text for document in DOCUMENTS.values() for text in words_typed(document)]
    named = {
        target
        for text in typed
        for call in re.findall(r"(?:^|\s)make((?: [a-z-]+\b)+)", text)
        for target in re.findall(r"[a-z-]+", call.split("  ")[0])
    }
    assert {"site", "test"} <= named <= TARGETS
    assert named == TARGETS - {"help"}


def test_the_commands_and_options_named_exist() -> None:
    said = {name: tearline(name, "--help", cwd=ROOT).out for name in cli.cli.commands}
    said["verify"] += tearline("verify", "--manifest", "--help", cwd=ROOT).out
    options = {name: set(re.findall(r"--[a-z-]+", text)) for name, text in said.items()}
    for text in (text for document in DOCUMENTS.values() for text in words_typed(document)):
        for command, rest in re.findall(r"(?:^|/)tearline ([a-z]+)(.*)", text):
            assert command in options, text
            assert set(re.findall(r"--[a-z-]+", rest)) <= options[command], text
        if re.fullmatch(r"--[a-z-]+", text):
            assert any(text in each for each in options.values()), text
    assert set(re.findall(r"^\| `tearline (\w+)` \|", README, re.MULTILINE)) == set(options)


def test_the_exit_codes_are_those_of_the_program() -> None:
    table = README.split("| Exit code | Means |", 1)[1].split("\n\n", 1)[0]
    assert [int(number) for number in re.findall(r"^\| (\d) \|", table, re.MULTILINE)] == [
        cli.DONE,
        cli.REFUSED,
        cli.USAGE,
        cli.FAULT,
    ]


def test_the_finding_shown_reads_as_the_program_prints_it() -> None:
    line = next(body for info, body in fences(README) if body.startswith("bulletins/"))
    assert line == f"{finding('unmarked-portion', Place('bulletins/2026/harbor.md', 9, 1), portion='IB-2026-014 ¶3')}\n"


# --- writing ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, set[str]]]:
    """Each example of the analysts' page: its text, the code it is said to have, the codes it has."""
    shown = [
        (info.removeprefix("markdown").strip(), body) for info, body in fences(WRITING) if info.startswith("markdown")
    ]
    sources: dict[str, str | bytes] = {
        "2026/gauge.png": (ROOT / "bulletins" / "2026" / "mill-street-gauge.png").read_bytes()
    }
    names = []
    for number, (_, body) in enumerate(shown):
        page = body.startswith("---") and "\nid:" not in body
        names.append(f"about/{number}.md" if page else f"2026/{number}.md")
        front = "" if body.startswith("---") else f"---\nid: IB-2026-{900 + number}\ntitle: (U) Example\n---\n\n"
        sources[names[-1]] = front + body
    root = tmp_path_factory.mktemp("writing") / "site"
    make_site(root, sources, (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = json.loads(tearline("check", "--format", "json", cwd=root).out)
    codes = [{each["code"] for each in found if each["path"] == f"bulletins/{name}"} for name in names]
    return [(body, wanted, has) for (wanted, body), has in zip(shown, codes, strict=True)]


def test_every_example_of_the_analysts_page_is_read_as_it_says(examples: list[tuple[str, str, set[str]]]) -> None:
    assert len(examples) > 15
    for body, wanted, has in examples:
        assert wanted in has if wanted else not has, (body, has)


def test_the_codes_that_the_analysts_page_names_are_those_of_its_examples() -> None:
    named = set(re.findall(r"TL\d{3}", prose(WRITING)))
    assert named == {info.split()[1] for info, _ in fences(WRITING) if info.startswith("markdown ")}


def test_the_analysts_page_names_every_key_of_the_front_matter() -> None:
    assert keys_of(WRITING, "## Front matter") == fields(Metadata)
    assert keys_of(WRITING, "## Pages") == fields(PageMetadata)


def test_the_marks_shown_are_canonical_and_every_system_is_named() -> None:
    for system in SYSTEMS:
        assert f"`{system}`" in WRITING or f"`system: {system}`" in WRITING
    rows = [part for name, part in standing(WRITING).items() if name.startswith("marks-")]
    assert all(row.count("|") == 4 for part in rows for row in part.splitlines())


# --- policy -----------------------------------------------------------------------------------------------------


def test_the_policy_page_names_every_key() -> None:
    assert keys_of(POLICY, "## Who sees what") == fields(EditionShape)
    assert keys_of(POLICY, "## The plugin's keys") == fields(TearlineShape)
    assert keys_of(POLICY, "## The file's other keys") == fields(SiteShape)


def test_the_policy_page_names_every_notice() -> None:
    row = next(line for line in POLICY.splitlines() if line.startswith("| `notices`"))
    assert set(re.findall(r"`([a-z]+)`", row.split("by name:")[1].split(". ")[0])) == notice_names()


def test_the_policy_page_publishes_the_whole_tables() -> None:
    for table in (
        allowed.PLUGINS,
        allowed.REFUSED_PLUGINS,
        allowed.EXTENSIONS,
        allowed.REFUSED_EXTENSIONS,
        allowed.REFUSED_KEYS,
        allowed.FEATURES,
    ):
        for name in table:
            assert f"`{name}`" in POLICY


# --- paths, links, pictures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_every_path_named_exists(name: str) -> None:
    for text in code(DOCUMENTS[name]):
        if re.fullmatch(r"[\w.-]+(?:/[\w.-]+)*/?", text) and (
            text.endswith("/") or re.search(r"/|\.(?:py|md|yml|lock|toml)$", text)
        ):
            assert text in BUILT or (ROOT / text).exists(), text


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_every_link_leads_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(DOCUMENTS[name])):
        path, _, anchor = target.partition("#")
        found = (ROOT / name).parent / path if path else ROOT / name
        assert found.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", prose(found.read_text(encoding="utf-8")), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}, target


def test_the_pictures_are_there_small_and_of_one_size() -> None:
    sizes = set()
    for path in IMAGES.values():
        assert f"]({path.relative_to(ROOT).as_posix()})" in README
        assert path.stat().st_size < LARGEST
        with Image.open(path) as picture:
            sizes.add(picture.size)
    assert len(sizes) == 1


def test_the_passage_in_the_pictures_still_stands() -> None:
    source = BULLETIN.read_text(encoding="utf-8")
    assert f"\nid: {ADDRESS.split('/')[1].upper()}\n" in source
    passage = source.split(f"## (U) {PASSAGE.replace('-', ' ').capitalize()}\n", 1)[1].split("\n## ", 1)[0]
    assert "(U//LES) " in passage
    assert "!!! tearline" in passage
    assert re.search(r'\]\(U//LES "', passage)


# --- decisions --------------------------------------------------------------------------------------------------


def test_decisions_are_dated_short_and_in_order() -> None:
    entries = re.findall(r"^## (\d{4}-\d\d-\d\d) (.+)\n\n((?:.+\n)+)", DECISIONS, re.MULTILINE)
    assert len(entries) == DECISIONS.count("\n## ") > 20
    assert len({title for _, title, _ in entries}) == len(entries)
    assert all(before <= after for (before, *_), (after, *_) in pairwise(entries))
    for _, title, text in entries:
        assert 3 <= text.count("\n") <= 6, title


def test_decisions_name_what_exists() -> None:
    names = {
        node.name
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if hasattr(node, "name")
    }
    modules = {path.stem for path in SOURCE.rglob("*.py")} | {path.name for path in SOURCE.iterdir()}
    for module in re.findall(r"`tearline\.([a-z_.]+)`", DECISIONS):
        assert set(module.split(".")) <= modules | names, module
