"""The page renderer: the bytes of ``mkdocs build``, wherever and in whatever order pages are rendered."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest
from mkdocs.structure.files import File, Files

from sites import NOON, ROOT, tearline
from tearline.render import prune
from tearline.render.pages import Context, Renderer, read_context
from tearline.render.working import Here, render_pages
from tearline.store import shelf

DAY = int(NOON) // 86400 * 86400


@pytest.fixture(scope="module", params=["eoc", "full"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("stages") / str(request.param)
    ran = tearline("stage", "--edition", str(request.param), "--out", out, cwd=ROOT, SOURCE_DATE_EPOCH=NOON)
    assert ran.code == 0, ran.said
    return out


@pytest.fixture(scope="module")
def by_mkdocs(stage: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as the site generator itself builds it from the stage."""
    site = tmp_path_factory.mktemp("sites") / "site"
    environment = {"PATH": os.defpath, "SOURCE_DATE_EPOCH": str(DAY), "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(stage / "mkdocs.yml"), "-d", str(site)]
    subprocess.run(command, check=True, env=environment, cwd=stage)
    prune(site, stage / "theme")
    return site


@pytest.fixture(params=[Here, lambda: ProcessPoolExecutor(2, get_context("spawn"))], ids=["here", "processes"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    make: Callable[[], Executor] = request.param
    with make() as made:
        yield made


def names_of(stage: Path) -> list[str]:
    return sorted(path.relative_to(stage / "docs").as_posix() for path in (stage / "docs").rglob("*") if path.is_file())


def sources_of(stage: Path) -> dict[str, str]:
    return {
        name: (stage / "docs" / name).read_text(encoding="utf-8") for name in names_of(stage) if name.endswith(".md")
    }


def test_every_page_of_the_sample_is_the_generators_byte_for_byte(
    stage: Path, by_mkdocs: Path, executor: Executor
) -> None:
    made = dict(render_pages(read_context(stage, DAY), names_of(stage), sources_of(stage), lambda _: executor))
    wanted = {path.relative_to(by_mkdocs).as_posix(): path.read_bytes() for path in by_mkdocs.glob("**/index.html")}
    assert made.keys() == wanted.keys()
    assert [name for name in wanted if made[name] != wanted[name]] == []


def test_the_process_makes_the_whole_site_of_the_generator(stage: Path, by_mkdocs: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.defpath, "SOURCE_DATE_EPOCH": str(DAY), "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-P", "-m", "tearline.render", str(tmp_path / "site")]
    subprocess.run(command, check=True, env=environment, cwd=stage)
    prune(tmp_path / "site", stage / "theme")
    made, wanted = (
        {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (tmp_path / "site", by_mkdocs)
    )
    assert made.keys() == wanted.keys()
    assert [name for name in wanted if made[name] != wanted[name]] == []


def test_the_executor_is_asked_for_what_is_not_kept_alone(stage: Path, tmp_path: Path) -> None:
    context, names, sources = read_context(stage, DAY), names_of(stage), sources_of(stage)
    told: list[int] = []

    def executor(pages: int) -> Executor:
        told.append(pages)
        return Here()

    def rendered() -> dict[str, bytes]:
        with shelf(tmp_path / "eoc", "pages") as kept:
            return dict(render_pages(context, names, sources, executor, kept))

    assert rendered() == rendered()
    changed = next(name for name in sources if name not in context.pages)
    sources[changed] += "\nOne more.\n"
    rendered()
    assert told == [len(sources), len(context.pages), len(context.pages) + 1]


@pytest.mark.parametrize("name", ["2026/x/message.txt", "2026/x/../x/message.txt", "2026/./x/message.txt"])
def test_a_file_that_is_no_page_is_found_as_the_generator_finds_it(stage: Path, name: str) -> None:
    context, names = read_context(stage, DAY), [*names_of(stage), "2026/x/message.txt"]
    renderer = Renderer(context, names)
    made = Files([File.generated(renderer.config, each, content="") for each in names])
    for each in (name, *names):
        wanted, found = made.get_file_from_path(each), renderer.files.get_file_from_path(each)
        assert (found and found.url) == (wanted and wanted.url)
    assert renderer.asked[name] == (made.get_file_from_path(name) is not None)


def test_a_page_does_not_depend_on_what_was_rendered_before_it(stage: Path) -> None:
    sources, names = sources_of(stage), names_of(stage)
    context = read_context(stage, DAY)
    forth, back = Renderer(context, names), Renderer(context, names)
    first = {name: forth.page(name, sources[name]) for name in sorted(sources)}
    assert {name: back.page(name, sources[name]) for name in sorted(sources, reverse=True)} == first
    assert {name: forth.page(name, sources[name]) for name in sorted(sources)} == first


def test_pages_that_a_page_does_not_mention_change_nothing_in_it(stage: Path) -> None:
    sources, names = sources_of(stage), names_of(stage)
    context = read_context(stage, DAY)
    alone = next(name for name in sorted(sources) if name.startswith("20") and "](" not in sources[name])
    few = [*context.pages, alone]
    assert Renderer(context, few).page(alone, sources[alone]) == Renderer(context, names).page(alone, sources[alone])


def test_the_layout_of_templates_adds_nothing_that_a_reader_sees(stage: Path) -> None:
    sources, names, context = sources_of(stage), names_of(stage), read_context(stage, DAY)
    laid_out = {name: (ROOT / "overrides" / name).read_bytes() for name in context.theme}
    lean, wide = Renderer(context, names), Renderer(replace(context, theme=laid_out), names)
    sizes = [0, 0]
    for name, source in sources.items():
        pages = [each.page(name, source).decode() for each in (lean, wide)]
        assert seen(pages[0]) == seen(pages[1]), name
        sizes = [sum_ + len(page) for sum_, page in zip(sizes, pages, strict=True)]
    assert sizes[0] < sizes[1]


def seen(page: str) -> list[str]:
    """A page's tags and words in order, and code to the letter; white space as a browser takes it between words."""
    code = re.findall(r"<pre.*?</pre>", page, re.DOTALL)
    words = " ".join(re.sub(r"<[^<>]*>", "", re.sub(r"</?(?:meta|link|title|script|style)\b", " <", page)).split())
    return [*code, *re.findall(r"<[^<>]*>", " ".join(page.split())), words]


def test_pages_are_known_again_whatever_the_front_page_says_and_not_when_its_title_is_another(stage: Path) -> None:
    names, context = names_of(stage), read_context(stage, DAY)
    home = context.pages["index.md"]
    later = replace(context, pages={**context.pages, "index.md": f"{home}\nMore words.\n"})
    other = replace(context, pages={**context.pages, "index.md": home.replace("title: ", "title: Another ", 1)})
    assert len({each.digest for each in (context, later, other)}) == 3
    assert Renderer(later, names).shared == Renderer(context, names).shared
    assert Renderer(other, names).shared != Renderer(context, names).shared


def test_one_digest_tells_of_any_change_that_all_pages_share() -> None:
    context = Context("site_name: A\n", {"main.html": b"a"}, {"index.md": "# A"}, DAY)
    others = [
        replace(context, configuration="site_name: B\n"),
        replace(context, theme={"main.html": b"b"}),
        replace(context, theme={"other.html": b"a"}),
        replace(context, pages={"index.md": "# B"}),
        replace(context, epoch=DAY + 86400),
    ]
    assert len({one.digest for one in (context, *others)}) == len(others) + 1
    assert replace(context).digest == context.digest
