"""What the verifier's commands share: their options, and how they end."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NoReturn, TypeVar

import click

from tearline.forked import end_with
from tearline.verify.record import Accepted, RecordError, read_key, read_record
from tearline.verify.settings import SettingsError

RECORD: Final = Path("approvals/accepted.jsonl")
ENDS_WITH: Final = "TEARLINE_ENDS_WITH"
_USAGE: Final = 2
_FAULT: Final = 3
_T = TypeVar("_T")
_path = click.Path(path_type=Path)
config_option = click.option(
    "-f",
    "--config-file",
    default="mkdocs.yml",
    show_default=True,
    type=_path,
    help="The site's configuration.",
)
record_option = click.option(
    "--accepted",
    "record",
    type=_path,
    help=f"The record of accepted repetitions (default: {RECORD} beside the configuration).",
)
key_option = click.option(
    "--key",
    type=_path,
    envvar="TEARLINE_ACCEPT_KEY",
    help="The file with the record's key, 32 bytes or more (or TEARLINE_ACCEPT_KEY).",
)


class UsageError(Exception):
    """A wrong argument or configuration, in one line."""


def usable(made: Callable[[], _T]) -> _T:
    """What is made, or what is wrong with it as a wrong usage."""
    try:
        return made()
    except (SettingsError, RecordError) as error:
        raise UsageError(str(error)) from None


def accepted_by(root: Path, record: Path | None, key: Path | None) -> Accepted:
    """The record of accepted repetitions; nothing accepted where there is none. Raises ``UsageError``.

    A record without its key is a wrong usage: what it accepts would be reported, and what it does not, too.
    """
    path = record or root / RECORD
    if record is None and not path.exists():
        return Accepted()
    if key is None:
        raise UsageError(f"{path.name}: its key is wanted (--key or TEARLINE_ACCEPT_KEY)")
    return usable(lambda: read_record(path, read_key(key)))


def run(command: click.Command, arguments: Sequence[str] | None) -> NoReturn:
    """Run a command and exit. A fault of ours names its place in the code, never what it was about.

    A build that starts us says which process it is, and is not outlived.
    """
    if (parent := os.environ.get(ENDS_WITH, "")).isdecimal():
        end_with(int(parent))
    try:
        code = command.main(arguments, prog_name=f"tearline {command.name}", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(_USAGE)
    except (UsageError, OSError) as error:
        said = f"{os.fspath(error.filename or '?')}: {error.strerror}" if isinstance(error, OSError) else str(error)
        click.echo(f"tearline: {said}", err=True)
        sys.exit(_USAGE)
    except Exception as error:  # noqa: BLE001 - a traceback would quote sources
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        where = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame is not None else "?"
        click.echo(f"tearline: a fault of ours ({type(error).__name__} at {where}); nothing was proved.", err=True)
        sys.exit(_FAULT)
