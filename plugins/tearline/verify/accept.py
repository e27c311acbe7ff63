"""``python -m tearline.verify.accept``: record that a withheld term may stand in one bulletin's released text."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from tearline.verify.options import RECORD, UsageError, config_option, key_option, record_option, run, usable
from tearline.verify.record import accept, read_key


@click.command("accept", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("term")
@click.option("--bulletin", required=True, help="The product number of the bulletin whose released text says it.")
@click.option("--reason", required=True, help="Why it may stand there. The term itself is not repeated.")
@click.option("--name", required=True, help="Who answers for it.")
@config_option
@record_option
@key_option
def accept_command(  # noqa: PLR0913, PLR0917 - the command's options
    term: str, bulletin: str, reason: str, name: str, config_file: Path, record: Path | None, key: Path | None
) -> int:
    """Record that a withheld TERM ("-": read from standard input) may stand in the released text of one bulletin."""
    if key is None:
        raise UsageError("--key is wanted: a file with 32 random bytes or more, kept on the full side")
    said = sys.stdin.readline().strip() if term == "-" else term
    target = record or config_file.absolute().parent / RECORD
    usable(lambda: accept(target, read_key(key), said, bulletin=bulletin, reason=reason, name=name))
    click.echo(f"Recorded in {target.name}.", err=True)
    return 0


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and exit."""
    run(accept_command, arguments)


if __name__ == "__main__":
    main()
