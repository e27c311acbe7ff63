"""``python -m tearline.verify SITE --edition E``: the verifier in a process of its own.

Exit codes: 0 nothing found, 1 findings, 2 usage or configuration, 3 a fault of ours.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from tearline.findings import REPORTS, refuses, report
from tearline.verify.options import UsageError, accepted_by, config_option, key_option, record_option, run, usable
from tearline.verify.settings import Settings, read_settings
from tearline.verify.verdict import Question, verify


@click.command("verify", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("site", type=click.Path(path_type=Path))
@click.option("--edition", required=True, help="The edition that the site is meant to be.")
@click.option(
    "--full", type=click.Path(path_type=Path), help="The built full edition, for a second reading of what is withheld."
)
@click.option("--stage", type=click.Path(path_type=Path), help="The staged tree that the site was rendered from.")
@click.option(
    "--other",
    "others",
    multiple=True,
    metavar="NAME=FOLDER",
    help="The site or stage of a stricter edition, to whose pages this one may link.",
)
@click.option(
    "--bytes-alone",
    is_flag=True,
    help="Compare the site with neither stage nor full edition where none is named, otherwise both are made anew; nor "
    "PDFs with their pages printed again where this machine can print none.",
)
@click.option("--log", type=click.Path(path_type=Path), help="What the renderer said while it built the site.")
@click.option(
    "--memory",
    type=click.Path(path_type=Path),
    hidden=True,
    help="A file to keep in mind which bytes were clean, beside everything they were compared with.",
)
@click.option("--offline", is_flag=True, help="The site is an unpacked offline copy, as `tearline bundle` makes it.")
@config_option
@record_option
@key_option
@click.option(
    "--format",
    "form",
    type=click.Choice(sorted(REPORTS)),
    default="text",
    show_default=True,
    help="How findings are printed.",
)
@click.option("--as", "name", help="What findings call the site; the folder's name without this.")
@click.option(
    "--report",
    "target",
    type=click.Path(path_type=Path),
    help="Write findings and verdict to this file, for whoever seals the site.",
)
@click.option("--jobs", type=click.IntRange(0, 64), default=0, help="Processes; 0 takes as many as make sense.")
def verify_command(  # noqa: PLR0913, PLR0917 - the command's options
    site: Path, edition: str, full: Path | None, stage: Path | None, others: Sequence[str], log: Path | None,
    memory: Path | None,
    config_file: Path, record: Path | None, key: Path | None, form: str, name: str | None,
    target: Path | None, jobs: int, *, offline: bool, bytes_alone: bool,
) -> int:  # fmt: skip
    """Compare every byte of a built SITE with what its edition may say, independently of what built it.

    With --manifest, a deployed copy is compared with its signed manifest instead, offline and without any sources: see
    `tearline verify --manifest --help`.
    """
    settings = usable(lambda: read_settings(config_file, edition))
    accepted = accepted_by(settings.root, record, key)
    folders = dict(map(_named, others))
    shown = name or site.resolve().name
    answer = verify(
        Question(site, settings, stage, full, log, accepted, jobs, shown, offline, folders, memory, bytes_alone)
    )
    found = answer.findings
    if target is not None:
        target.write_text(answer.report(), encoding="utf-8")
    click.echo(report(found, form), nl=False)
    if form == "text":
        said = f"{len(found)} findings." if found else "No findings."
        click.echo(f"{said} {_made(settings, stage, full, answer.unprinted, bytes_alone=bytes_alone)}", err=True)
    return 1 if refuses(found, strict=True) else 0


def _made(settings: Settings, stage: Path | None, full: Path | None, unprinted: str, *, bytes_alone: bool) -> str:
    """Which checks were made, and which were not and why."""
    left = ["where its words come from (no --stage)"] if stage is None else []
    if full is None and settings.releases is not None:
        left.append("a second reading of what is withheld (no --full)")
    if unprinted:
        left.append(f"whether PDFs are what printing their pages gives ({unprinted})")
    if not left:
        return "Every check was made."
    asked = ", as --bytes-alone asked" if bytes_alone else ""
    return f"Not checked{asked}: {'; '.join(left)}."


def _named(given: str) -> tuple[str, Path]:
    name, sign, folder = given.partition("=")
    if not (name and sign and folder):
        raise UsageError("--other: it wants NAME=FOLDER")
    return name, Path(folder)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and exit."""
    # What is read stays to the end: to look through it for garbage again and again takes a seventh of the time.
    gc.set_threshold(100_000, 20, 20)
    run(verify_command, arguments)


if __name__ == "__main__":
    main()
