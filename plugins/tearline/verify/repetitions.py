"""``python -m tearline.verify.repetitions --edition E``: the sources against themselves, before any site is built.

The same ledger and the same record as in the whole verification, so that an author learns of a repetition where it
can still be reworded. Exit codes as in ``tearline.verify``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from tearline.findings import Finding, in_order, report
from tearline.verify.locating import Locator
from tearline.verify.options import accepted_by, config_option, key_option, record_option, run, usable
from tearline.verify.record import Accepted
from tearline.verify.repetition import Repetitions
from tearline.verify.settings import Settings, read_settings
from tearline.verify.sources import read_sources
from tearline.verify.verdict import told
from tearline.verify.withholding import ledger_of


def repetitions(settings: Settings, accepted: Accepted, jobs: int = 1) -> list[Finding]:
    """What the sources withhold from an edition and say in its released texts too; nothing where it sees all.

    Raises ``OSError`` where the sources cannot be read.
    """
    if settings.releases is None:
        return []
    documents = read_sources(settings, jobs)
    ledger = ledger_of(settings, documents)
    found, _ = Repetitions(ledger, accepted, Locator(settings.base, documents)).check(documents)
    return in_order(found)


@click.command("repetitions", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--edition", "editions", multiple=True, required=True, help="An edition; may be given several times.")
@click.option(
    "--report",
    "target",
    type=click.Path(path_type=Path),
    help="Write the findings to this file, for another program.",
)
@config_option
@record_option
@key_option
def repetitions_command(
    editions: Sequence[str], target: Path | None, config_file: Path, record: Path | None, key: Path | None
) -> int:
    """Find withheld words that released text of an edition says too, in the sources alone."""
    chosen = [usable(partial(read_settings, config_file, name)) for name in dict.fromkeys(editions)]
    accepted = accepted_by(chosen[0].root, record, key)
    found = in_order(each for settings in chosen for each in repetitions(settings, accepted))
    if target is not None:
        target.write_text(json.dumps({"findings": told(found)}), encoding="utf-8")
    click.echo(report(found, "text"), nl=False)
    return 1 if found else 0


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and exit."""
    run(repetitions_command, arguments)


if __name__ == "__main__":
    main()
