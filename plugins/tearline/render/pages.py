"""The renderer of pages as a pure function: (context, staged page) -> the page's bytes, those of ``mkdocs build``.

A page's bytes depend on its own staged source, on where the pages are that it links to, and on what all pages share:
the configuration, the theme's files, and the pages in the navigation, whose titles stand everywhere. The last three are
the ``Context``, with one digest. The stage leaves no link to what an edition lacks, so the names of other pages add
nothing to a page: they are needed to resolve its links, and are no part of the digest.

This is the site generator's own loop without its hooks, of which no allowed plugin has any, and without its disk.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any, Final

from jinja2 import ChoiceLoader, DictLoader
from mkdocs.commands.build import _build_template, get_context
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, file_sort_key
from mkdocs.structure.nav import get_navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import is_markdown_file
from mkdocs.utils.yaml import yaml_load

from tearline.store import digest_of, identity
from tearline.told import read

CONFIGURATION: Final = "mkdocs.yml"
# What the generator does not hand on of a theme.
_TEMPLATE: Final = re.compile(r"\.html$|readme|^locales/", re.IGNORECASE)


@dataclass(frozen=True)
class Context:
    """What all pages of an edition share.

    ``configuration`` is the stage's, ``theme`` its own theme files by name, ``pages`` the staged sources of the pages
    in the navigation by name, ``epoch`` the build day in seconds.
    """

    configuration: str
    theme: Mapping[str, bytes]
    pages: Mapping[str, str]
    epoch: int

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all of it, and of our code and the libraries: other bytes may come of any change."""
        said = (part.encode() for named in sorted(self.pages.items()) for part in named)
        return digest_of([self.common.encode(), *said])

    @cached_property
    def common(self) -> str:
        """The same without the pages in the navigation, of which other pages show little."""
        theme = [part for name, data in sorted(self.theme.items()) for part in (name.encode(), data)]
        return digest_of([self.configuration.encode(), str(self.epoch).encode(), identity().encode(), *theme])


def read_context(stage: Path, epoch: int) -> Context:
    """The context of the staged tree at ``stage``. Raises ``OSError`` where it cannot be read."""
    text = (stage / CONFIGURATION).read_text(encoding="utf-8")
    theme = {path.relative_to(stage / "theme").as_posix(): path.read_bytes() for path in _files(stage / "theme")}
    named = list(_named(yaml_load(text).get("nav") or []))
    return Context(text, theme, {name: (stage / "docs" / name).read_text(encoding="utf-8") for name in named}, epoch)


class Renderer:
    """Renders pages of one context. ``names`` are all files below docs. Once it is made, it needs no disk.

    ``asked`` are the files that the page rendered last looked for, there or not: all that it knows of other pages.
    """

    def __init__(self, context: Context, names: Iterable[str]) -> None:
        self.context = context
        with _loaded(context.configuration, context.epoch) as self.config:
            self.env = self.config.theme.get_env()
        own = {name: data.decode("utf-8") for name, data in context.theme.items() if name.endswith(".html")}
        self.env.loader = ChoiceLoader([DictLoader(own), self.env.loader])  # type: ignore[list-item]  # it has one
        self.files = _Files(names, self.config)
        self.nav = get_navigation(self.files, self.config)
        for name, text in context.pages.items():
            self._read(name, text)

    def page(self, name: str, source: str) -> bytes:
        """The page that the staged source ``source`` at ``name`` becomes."""
        self.files.asked.clear()
        page = self._read(name, source) if name not in self.context.pages else self._page(name)
        self.config._current_page = page  # noqa: SLF001 - as the generator's loop does: extensions ask for it
        page.active = True
        try:
            context = get_context(self.nav, [], self.config, page)
            text = self.env.get_template(page.meta.get("template", "main.html")).render(context)
        finally:
            page.active = False
            self.config._current_page = None  # noqa: SLF001 - likewise
            if name not in self.context.pages:
                self._file(name).page = None  # ten thousand of them would fill the memory
        return text.encode("utf-8", errors="xmlcharrefreplace")

    @cached_property
    def shared(self) -> str:
        """SHA-256 of all that pages outside of the navigation depend on, beside their sources and what they look for.

        Of a page in the navigation they show its title, and what its front matter says of its place there. What it
        says itself may change with every build, as the time of publishing does.
        """
        shown = []
        for name in sorted(self.context.pages):
            page = self._page(name)
            told = {key: value for key, value in page.meta.items() if key != "tearline"}
            shown.append((name, str(page.title), told))
        return digest_of([self.context.common.encode(), json.dumps(shown, sort_keys=True, default=str).encode()])

    @property
    def asked(self) -> dict[str, bool]:
        """The files that were looked for since a page was begun, and whether they are there."""
        return {name: self.has(name) for name in sorted(self.files.asked)}

    def has(self, name: str) -> bool:
        """Whether there is such a file below docs."""
        return self.files.at(name) is not None

    def address(self, name: str) -> str:
        """Where the page at ``name`` is in the site: ``2026/ib-2026-014/index.html``."""
        return self._file(name).dest_uri

    def templates(self) -> Iterator[tuple[str, bytes]]:
        """The files that the theme makes beside pages, such as the page for addresses that lead nowhere."""
        for file in self.files.documentation_pages():
            if file.page is None:
                Page(None, file, self.config)
        for name in sorted(self.config.theme.static_templates):
            text = _build_template(name, self.env.get_template(name), self.files, self.config, self.nav)
            if text.strip():
                yield name, text.encode("utf-8")
            if name == "sitemap.xml":
                yield f"{name}.gz", _zipped(name, text.encode("utf-8"), self.context.epoch)

    def theme(self) -> Iterator[tuple[str, bytes]]:
        """The files of the theme that are handed on as they are; the site's own go before the package's."""
        files = Files([])
        files.add_files_from_theme(self.env, self.config)
        yield from ((file.dest_uri, Path(str(file.abs_src_path)).read_bytes()) for file in files)
        yield from ((name, data) for name, data in self.context.theme.items() if not _TEMPLATE.search(name))

    def _file(self, name: str) -> File:
        file = self.files.at(name)
        if file is None:
            raise KeyError(name)
        return file

    def _page(self, name: str) -> Page:
        page = self._file(name).page
        return page if page is not None else Page(None, self._file(name), self.config)

    def _read(self, name: str, source: str) -> Page:
        """Read a page's source and render its words."""
        page = self._page(name)
        self._file(name).content_string = source
        self.config._current_page = page  # noqa: SLF001 - likewise
        try:
            known = read(source)
            if known is not None:
                page.markdown, page.meta = known
            else:
                page.read_source(self.config)
            page.render(self.config, self.files)
        finally:
            self.config._current_page = None  # noqa: SLF001 - likewise
        return page


class _Files(Files):
    """The files of a site, which note what is looked for among them.

    Most of them are no pages, and most of those are never looked for: they are made when somebody does.
    """

    def __init__(self, names: Iterable[str], config: MkDocsConfig) -> None:
        self._config = config
        self._others: dict[str, File | None] = {name: None for name in names if not is_markdown_file(name)}
        pages = [self._generated(name) for name in names if name not in self._others]
        super().__init__(sorted(pages, key=file_sort_key))
        self.asked: set[str] = set()

    def get_file_from_path(self, path: str) -> File | None:
        self.asked.add(path)
        return self.at(path)

    def at(self, path: str) -> File | None:
        """The file at a path, without a note of it."""
        if (page := self.src_uris.get(path) or super().get_file_from_path(path)) is not None:
            return page
        name = PurePath(path).as_posix()
        if name in self._others and self._others[name] is None:
            self._others[name] = self._generated(name)
        return self._others.get(name)

    def _generated(self, name: str) -> File:
        return File.generated(self._config, name, content="")


def _zipped(name: str, data: bytes, epoch: int) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(filename=name, mode="wb", fileobj=out, mtime=epoch) as packing:
        packing.write(data)
    return out.getvalue()


@contextmanager
def _loaded(configuration: str, epoch: int) -> Iterator[MkDocsConfig]:
    """The configuration, loaded in a folder where it finds all it names, which is gone afterwards."""
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch)  # where the generator takes its build date from
    with TemporaryDirectory(prefix="tearline-") as folder:
        for name in ("docs", "theme"):
            Path(folder, name).mkdir()
        path = Path(folder, CONFIGURATION)
        path.write_text(configuration, encoding="utf-8")
        config = load_config(str(path))
        config.plugins.on_startup(command="build", dirty=False)
        yield config.plugins.on_config(config)


def _named(nav: Iterable[Any]) -> Iterator[str]:
    """The pages that a navigation names, in MkDocs's form."""
    for entry in nav:
        target = next(iter(entry.values())) if isinstance(entry, dict) else entry
        if isinstance(target, list):
            yield from _named(target)
        else:
            yield str(target)


def _files(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file())
