"""The command line: arguments, printing, exit codes. Everything else is done by the modules it calls.

Exit codes: 0 done, 1 refused (findings), 2 usage or configuration, 3 a fault of ours.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final, NoReturn

import click

from tearline import __version__
from tearline.build import Outcome, TargetError, build, check, stage_tree
from tearline.findings import REPORTS, Finding, in_order, refuses, report
from tearline.fix import fixed
from tearline.policy import Edition, Policy, load_policy
from tearline.render import RenderError, build_moment

DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
FAULT: Final = 3

_config = click.option(
    "-f",
    "--config-file",
    default="mkdocs.yml",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The site's configuration.",
)
_format = click.option(
    "--format",
    "form",
    type=click.Choice(sorted(REPORTS)),
    default="text",
    show_default=True,
    help="How findings are printed.",
)
_show = click.option(
    "--show", is_flag=True, help="Print the source line and a caret too. For the full side only: it quotes sources."
)
_strict = click.option("--strict", is_flag=True, help="Treat warnings as errors.")
_hold = click.option("--hold", is_flag=True, help="Hold back refused documents and go on with the rest.")


class UsageError(Exception):
    """A wrong argument or configuration, in one line."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tearline")
def cli() -> None:
    """Publish portion-marked bulletins: one source, one site per audience."""


@cli.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@_config
@_format
@_show
@_strict
def check_command(paths: Sequence[Path], config_file: Path, form: str, *, show: bool, strict: bool) -> int:
    """Report what is wrong in all sources, or in PATHS (files or folders)."""
    policy = _policy(config_file, form)
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"{_printable(path)}: no such file or folder")
    outcome = check(policy, [_absolute(path) for path in paths], _now())
    _print_findings(outcome.findings, form, policy, show=show)
    refused = refuses(outcome.findings, strict=strict)
    if form == "text":
        _say(_summary(outcome.findings))
    return REFUSED if refused else DONE


@cli.command("fix")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be rewritten, and rewrite nothing.")
@_config
def fix_command(paths: Sequence[Path], config_file: Path, *, dry_run: bool) -> int:
    """Rewrite marks to their official spelling and put front-matter texts in quotes, in all sources or in PATHS."""
    policy = _policy(config_file, "text")
    changed = fixed(policy, [_absolute(path) for path in paths], write=not dry_run)
    for shown, count in changed:
        click.echo(f"{shown}: {count} {'rewriting' if count == 1 else 'rewritings'}")
    _say(f"{'Would rewrite' if dry_run else 'Rewrote'} {len(changed)} {'file' if len(changed) == 1 else 'files'}")
    return DONE


@cli.command("stage")
@click.option("--edition", required=True, help="The edition to stage.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The folder to write; an older one is replaced."
)
@_config
@_format
@_show
@_strict
@_hold
def stage_command(edition: str, out: Path, config_file: Path, form: str, **how: bool) -> int:
    """Write one edition's staged tree: plain released Markdown and a generated configuration."""
    policy = _policy(config_file, form)
    target = _absolute(out)
    if target.is_dir() and any(target.iterdir()) and not (target / "docs").is_dir():
        raise UsageError(f"{_printable(out)}: not empty, and not a staged tree")
    outcome = stage_tree(policy, _edition(policy, edition), target, _now(), hold=how["hold"], strict=how["strict"])
    return _finish(outcome, policy, form, show=how["show"])


@cli.command("build")
@click.option("--edition", "editions", multiple=True, help="An edition to build; all of them without this.")
@click.option(
    "--out",
    default=".",
    type=click.Path(path_type=Path),
    show_default=True,
    help="Where the site-<edition> folders go.",
)
@_config
@_format
@_show
@_strict
@_hold
def build_command(editions: Sequence[str], out: Path, config_file: Path, form: str, **how: bool) -> int:
    """Build the editions' sites, look at every built byte, and swap them into place."""
    policy = _policy(config_file, form)
    chosen = [_edition(policy, name) for name in dict.fromkeys(editions)] or list(policy.editions.values())
    target = _absolute(out)
    try:
        outcome = build(policy, chosen, target, _now(), _say, hold=how["hold"], strict=how["strict"])
    except RenderError as error:
        if how["show"]:
            _say(error.log)
        raise
    return _finish(outcome, policy, form, show=how["show"])


def _now() -> dt.datetime:
    try:
        return build_moment(os.environ)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _absolute(path: Path) -> Path:
    """An absolute path in which links are still links: what is behind a link is never read."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links


def _policy(path: Path, form: str) -> Policy:
    """The policy, or exit with what is wrong with it."""
    policy, found = load_policy(path, os.environ)
    if found:
        click.echo(report(found, form), nl=False, err=form == "text")
    if policy is None:
        sys.exit(USAGE)
    return policy


def _edition(policy: Policy, name: str) -> Edition:
    if name not in policy.editions:
        raise UsageError(f"unknown edition; the configuration has {', '.join(policy.editions)}")
    return policy.editions[name]


def _finish(outcome: Outcome, policy: Policy, form: str, *, show: bool) -> int:
    _print_findings(outcome.findings, form, policy, show=show)
    for path in outcome.held:
        _say(f"Held back: {path}")
    if outcome.refused:
        _say(f"{_summary(outcome.findings)} Nothing was published.")
        return REFUSED
    for site in outcome.sites:
        _say(f"Wrote {_printable(site)}")
    return DONE


def _print_findings(findings: Iterable[Finding], form: str, policy: Policy, *, show: bool) -> None:
    if form != "text":
        click.echo(report(findings, form), nl=False)
        return
    for found in in_order(findings):
        click.echo(str(found))
        if show:
            click.echo(_caret(found, policy), nl=False)


def _caret(found: Finding, policy: Policy) -> str:
    """The source line with a caret under the place. Nothing where there is no such line."""
    try:
        text = (policy.root / found.place.path).read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
        line = text.split("\n")[found.place.line - 1].rstrip("\r")
    except (OSError, IndexError, ValueError):
        return ""
    shown = "".join(char if char.isprintable() else " " for char in line)[:200]
    lead = " " * (found.place.column - 1)
    return f"    {shown}\n    {lead}^{'~' * (min(found.width, 60) - 1)}\n"


def _summary(findings: Iterable[Finding]) -> str:
    counts = {"error": 0, "warning": 0, "note": 0}
    for found in in_order(findings):
        counts[found.severity.value] += 1
    said = [f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items() if count]
    return f"{', '.join(said) or 'No findings'}."


def _say(line: str) -> None:
    click.echo(line, err=True)


def _printable(path: Path) -> str:
    return "".join(char if char.isprintable() else "?" for char in os.fsencode(path).decode("utf-8", "replace"))


def _stopped(_signal: int, _frame: FrameType | None) -> NoReturn:
    """A polite end on SIGTERM: temporary folders go, like after Ctrl-C."""
    raise KeyboardInterrupt


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code: Any = cli.main(arguments, prog_name="tearline", standalone_mode=False)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    return code if isinstance(code, int) else DONE


# What may go wrong outside of findings, in one line each. Nothing here quotes a source.
_FAILURES: Final[Mapping[type[BaseException], tuple[int, Callable[[Any], str]]]] = {
    UsageError: (USAGE, str),
    TargetError: (USAGE, str),
    RenderError: (FAULT, str),
    OSError: (USAGE, lambda error: f"{_printable(Path(error.filename or '?'))}: {error.strerror or 'cannot be used'}"),
    KeyboardInterrupt: (USAGE, lambda _: "stopped; nothing was published"),
    click.Abort: (USAGE, lambda _: "stopped; nothing was published"),
}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit. A fault of ours names its place in the code, never the words it was about."""
    signal.signal(signal.SIGTERM, _stopped)
    try:
        sys.exit(_run(arguments))
    except tuple(_FAILURES) as error:
        code, said = next(row for kind, row in _FAILURES.items() if isinstance(error, kind))
        _say(f"tearline: {said(error)}")
        sys.exit(code)
    except Exception as error:  # noqa: BLE001 - the last line of defence: a traceback would quote sources
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        where = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame is not None else "?"
        _say(f"tearline: a fault of ours ({type(error).__name__} at {where}); nothing was published. Please report it.")
        sys.exit(FAULT)


if __name__ == "__main__":
    main()
