"""``python -m tearline.verify.accept``: record that a withheld term may stand in one bulletin's released text."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from tearline.verify.locating import Locator
from tearline.verify.options import RECORD, UsageError, config_option, key_option, record_option, run, usable
from tearline.verify.record import Accepted, RecordError, accept, check_entry, read_key
from tearline.verify.repetition import Repetitions
from tearline.verify.settings import editions_of, read_settings
from tearline.verify.sources import read_sources
from tearline.verify.tokens import joined_spelling
from tearline.verify.withholding import ledger_of


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
    secret = usable(lambda: read_key(key))
    usable(lambda: check_entry(said, bulletin=bulletin, reason=reason, name=name))
    repeated = usable(lambda: _repeated(config_file, bulletin))
    usable(lambda: accept(target, secret, said, bulletin=bulletin, reason=reason, name=name))
    early = (
        "" if joined_spelling(said) in repeated else ", in advance: as it stands, this bulletin repeats no such term"
    )
    click.echo(f"Recorded in {target.name}{early}.", err=True)
    return 0


def _repeated(config_file: Path, bulletin: str) -> set[str]:
    """What a bulletin repeats in any edition. Raises ``RecordError`` where there is no such bulletin."""
    found: set[str] = set()
    for edition in editions_of(config_file):
        settings = read_settings(config_file, edition)
        documents = read_sources(settings)
        these = [one for one in documents if bulletin in (one.number, one.path)]
        if not these:
            raise RecordError("there is no such bulletin")
        if settings.releases is not None:
            look = Repetitions(ledger_of(settings, documents), Accepted(), Locator(settings.base, documents))
            found.update(each for one in these for each in look.runs(one))
    return found


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and exit."""
    run(accept_command, arguments)


if __name__ == "__main__":
    main()
