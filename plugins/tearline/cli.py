"""The command line: arguments, printing, exit codes. Everything else is done by the modules it calls.

Exit codes: 0 done, 1 refused (findings), 2 usage or configuration, 3 a fault of ours; stopped by a signal, 128 and
its number, as shells have it (130 after Ctrl-C). What is heavy is imported by the command that needs it.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from tearline import __version__
from tearline.cli_publish import COMMANDS
from tearline.cli_selftest import selftest_command
from tearline.cli_verify import apart, verify_site
from tearline.findings import REPORTS, Finding, in_order, refuses, report
from tearline.printing import caret, plain_path, progress, reopen, say, tell

if TYPE_CHECKING:
    from tearline.build import Outcome
    from tearline.policy import Edition, Policy
    from tearline.render.schedulers import Cluster

DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
FAULT: Final = 3
_YEAR: Final = 365 * 24  # hours
STOPPED: Final = 128  # and the signal's number
ENDS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

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


class StoppedError(BaseException):
    """A signal that ends us. Like an interrupt, nothing short of the top handles it."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


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
    from tearline.build import check

    outcome = check(policy, _named(paths), _now())
    for path in outcome.others:
        say(f"{plain_path(path)}: not a Markdown file, not checked")
    if paths and not outcome.checked and not outcome.findings:
        raise UsageError("nothing to check: no Markdown file is named")
    _print_findings(outcome.findings, form, policy, show=show)
    if form == "text":
        say(f"{_summary(outcome.findings)} {_count(outcome.checked, 'document')} checked.")
    if outcome.fault:  # what was found has been told, and what was not looked for must not pass as clean
        raise UsageError(outcome.fault)
    return REFUSED if refuses(outcome.findings, strict=strict) else DONE


@cli.command("fix")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be rewritten, and rewrite nothing.")
@_config
def fix_command(paths: Sequence[Path], config_file: Path, *, dry_run: bool) -> int:
    """Rewrite marks to their official spelling and put front-matter texts in quotes, in all sources or in PATHS."""
    policy = _policy(config_file, "text")
    from tearline.fix import fixed

    done = fixed(policy, _named(paths), write=not dry_run)
    for one in done:
        tell(f"{one.shown}: {one.problem or _count(one.count, 'rewriting')}\n")
    changed = sum(not one.problem for one in done)
    say(f"{'Would rewrite' if dry_run else 'Rewrote'} {_count(changed, 'file')}")
    return USAGE if changed < len(done) else DONE


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
    from tearline.build import How, stage_tree

    asked = How(hold=how["hold"], strict=how["strict"])
    outcome = stage_tree(policy, _edition(policy, edition), _absolute(out), _now(), asked)
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
@click.option(
    "--scheduler",
    "schedulers",
    metavar="[EDITION=]ADDRESS",
    multiple=True,
    help="Render on the Dask cluster whose scheduler is at tls://host:port; with EDITION=, that edition alone.",
)
@click.option("--timings", is_flag=True, help="Say where the time went, step by step.")
@click.option("--anew", is_flag=True, help="Build, and from the sources alone: what earlier builds kept is removed.")
@_config
@_format
@_show
@_strict
@_hold
def build_command(  # noqa: PLR0913 - the command's options
    editions: Sequence[str], out: Path, schedulers: Sequence[str], config_file: Path, form: str, *,
    timings: bool, **how: bool,
) -> int:  # fmt: skip
    """Build the editions' sites, have every byte verified, seal them, and swap them into place.

    Where nothing it reads and nothing it wrote has changed since the last build, and no page would say anything else
    now, the sites stay as they are.
    """
    policy = _policy(config_file, form)
    from tearline.build import How, build
    from tearline.render import RenderError

    chosen = [_edition(policy, name) for name in dict.fromkeys(editions)] or list(policy.editions.values())
    clusters = _clusters(schedulers, chosen, policy)
    try:
        with progress() as step:
            asked = How(hold=how["hold"], strict=how["strict"], watch=step.watch, clusters=clusters, anew=how["anew"])
            outcome = build(policy, chosen, _absolute(out), _now(), step, asked)
        if timings:
            say(step.timings())
    except RenderError as error:
        if how["show"]:
            say(error.log)
        raise
    return _finish(outcome, policy, form, show=how["show"])


@cli.command("bundle")
@click.option("--edition", required=True, help="The edition to copy.")
@click.option(
    "--out",
    default=".",
    type=click.Path(path_type=Path),
    show_default=True,
    help="The zip file to write, or the folder for site-<edition>-offline.zip; an older copy is replaced.",
)
@click.option(
    "--valid-for",
    metavar="HOURS",
    type=click.IntRange(1, _YEAR),
    default=72,
    show_default=True,
    help="For how long the copy says that it is valid.",
)
@_config
@_format
@_show
@_strict
@_hold
def bundle_command(edition: str, out: Path, valid_for: int, config_file: Path, form: str, **how: bool) -> int:
    """Write one edition as a zip file that opens from a disk, without server or network, search included.

    It is built, verified and sealed as `tearline build` does it. Every page says when the copy was made and until when
    it is valid.
    """
    policy = _policy(config_file, form)
    from tearline.build import How
    from tearline.bundle import bundle
    from tearline.render import RenderError

    hours = dt.timedelta(hours=valid_for)
    try:
        with progress() as step:
            asked = How(hold=how["hold"], strict=how["strict"], watch=step.watch)
            outcome = bundle(policy, _edition(policy, edition), _absolute(out), _now(), hours, step, asked)
    except RenderError as error:
        if how["show"]:
            say(error.log)
        raise
    return _finish(outcome, policy, form, show=how["show"])


for _command in (*COMMANDS, selftest_command):
    cli.add_command(_command)


@cli.command("verify", add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def verify_command(arguments: Sequence[str]) -> int:
    """Read a built site and its sources a second time; with --manifest, check a deployed copy offline."""
    return verify_site(arguments)


@cli.command("accept", add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def accept_command(arguments: Sequence[str]) -> int:
    """Record that a withheld term may stand in the released text of one bulletin."""
    return apart("tearline.verify.accept", arguments)


def _now() -> dt.datetime:
    from tearline.render import build_moment

    try:
        return build_moment(os.environ)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _absolute(path: Path) -> Path:
    """An absolute path in which links are still links: what is behind a link is never read."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links


def _named(paths: Iterable[Path]) -> list[Path]:
    """The files and folders that were named, which have to be there."""
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"{plain_path(path)}: no such file or folder")
    return [_absolute(path) for path in paths]


def _policy(path: Path, form: str) -> Policy:
    """The policy, or exit with what is wrong with it."""
    from tearline.policy import load_policy

    policy, found = load_policy(path, os.environ)
    if found:
        (say if form == "text" else tell)(report(found, form))
    if policy is None:
        raise click.exceptions.Exit(USAGE)
    return policy


def _edition(policy: Policy, name: str) -> Edition:
    if name not in policy.editions:
        raise UsageError(f"unknown edition; the configuration has {', '.join(policy.editions)}")
    return policy.editions[name]


def _clusters(typed: Sequence[str], chosen: Sequence[Edition], policy: Policy) -> dict[str, Cluster]:
    """Where which edition is rendered; the full one is, too, for a sanitized one to be compared with."""
    from tearline.render.schedulers import ClusterError, clusters

    full = [one for one in policy.editions.values() if one.releases is None][:1]
    rendered = [*chosen, *(full if any(one.releases is not None for one in chosen) else [])]
    try:
        return clusters(typed, list(dict.fromkeys(one.name for one in rendered)), os.environ)
    except ClusterError as error:
        raise UsageError(str(error)) from None


def _finish(outcome: Outcome, policy: Policy, form: str, *, show: bool) -> int:
    _print_findings(outcome.findings, form, policy, show=show)
    for path in outcome.held:
        say(f"Held back: {path}")
    if outcome.refused:
        say(f"{_summary(outcome.findings)} Nothing was published.")
        return REFUSED
    for site in outcome.sites:
        say(f"{'Kept' if outcome.stays else 'Wrote'} {plain_path(site)}")
    return DONE


def _print_findings(findings: Sequence[Finding], form: str, policy: Policy, *, show: bool) -> None:
    spill = policy.notices.get("spill", "") if any(one.rule.name == "classified-mark" for one in findings) else ""
    if form != "text":
        told = [replace(one, detail=spill) if one.rule.name == "classified-mark" else one for one in findings]
        tell(report(in_order(told), form), exact=True)
        return
    for found in in_order(findings):
        tell(f"{found}\n{caret(found, policy.root) if show else ''}")
    if spill:
        say(spill)


def _summary(findings: Iterable[Finding]) -> str:
    counts = {"error": 0, "warning": 0, "note": 0}
    for found in in_order(findings):
        counts[found.severity.value] += 1
    said = [_count(count, name) for name, count in counts.items() if count]
    return f"{', '.join(said) or 'No findings'}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _stopped(number: int, _frame: FrameType | None) -> NoReturn:
    """A polite end when we are told to go: temporary folders go too, like after Ctrl-C. Once is enough."""
    for each in ENDS:
        signal.signal(each, signal.SIG_IGN)
    raise StoppedError(number)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code: Any = cli.main(arguments, prog_name="tearline", standalone_mode=False)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    return code if isinstance(code, int) else DONE


_WHOLE: Final = "stopped; every published site is whole, the old one or the new"


def _failure(error: BaseException) -> tuple[int, str]:
    """What may go wrong outside of findings: the exit code, and one line that quotes no source."""
    from tearline.judging import JudgeError, RecordError
    from tearline.keys import KeyFault
    from tearline.paper import PaperError
    from tearline.render import RenderError
    from tearline.selftest import SelfTestError
    from tearline.swap import TargetError

    table: Mapping[type[BaseException], tuple[int, Callable[[Any], str]]] = {
        UsageError: (USAGE, str),
        TargetError: (USAGE, str),
        KeyFault: (USAGE, str),
        RecordError: (USAGE, str),
        PaperError: (USAGE, str),
        SelfTestError: (USAGE, str),
        RenderError: (FAULT, str),
        JudgeError: (FAULT, str),
        OSError: (USAGE, _said_by_system),
        StoppedError: (STOPPED, lambda _: _WHOLE),
        click.Abort: (STOPPED + signal.SIGINT, lambda _: _WHOLE),
    }
    for kind, (code, said) in table.items():
        if isinstance(error, kind):
            return code + getattr(error, "number", 0), said(error)
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame is not None else "?"
    return FAULT, f"a fault of ours ({type(error).__name__} at {where}); nothing was published. Please report it."


def _said_by_system(error: OSError) -> str:
    """What the system has against a file, or, where it names none, against our writing at all."""
    why = error.strerror or "a file cannot be used"
    return f"{plain_path(Path(error.filename))}: {why}" if error.filename else why


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit. A fault of ours names its place in the code, never the words it was about."""
    reopen()
    for each in ENDS:
        if signal.getsignal(each) is not signal.SIG_IGN:  # nohup and the like
            signal.signal(each, _stopped)
    try:
        code = _run(arguments)
    except BaseException as error:  # noqa: BLE001 - the last line of defence: a traceback would quote sources
        code, said = _failure(error)
        say(f"tearline: {said}")
    sys.exit(code)


if __name__ == "__main__":
    main()
