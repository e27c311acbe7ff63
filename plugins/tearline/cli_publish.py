"""The commands of the side that serves: ``publish`` and ``verify --manifest``; and ``keygen`` for the side that builds.

None of them reads a source. What they need of the policy is where the allowed signers are, and ``--signers`` says that
where there is no policy.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tearline.findings import REPORTS, Finding, refuses, report
from tearline.printing import plain_path, say, tell

if TYPE_CHECKING:
    from tearline.keys import Signers

DONE: Final = 0
REFUSED: Final = 1

_edition = click.option("--edition", required=True, help="The edition that this has to be.")
_signers = click.option(
    "--signers",
    type=click.Path(path_type=Path),
    help="The file of allowed signers; the configuration's without this.",
)
_manifest = click.option(
    "--manifest", type=click.Path(path_type=Path), help="The manifest; <site>.manifest.json without this."
)
_config = click.option(
    "-f",
    "--config-file",
    default="mkdocs.yml",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The site's configuration, read only for its allowed signers.",
)
_format = click.option(
    "--format",
    "form",
    type=click.Choice(sorted(REPORTS)),
    default="text",
    show_default=True,
    help="How findings are printed.",
)


@click.command("publish")
@click.argument("site", required=False, type=click.Path(path_type=Path))
@_edition
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), help="The folder that is served.")
@_manifest
@_signers
@click.option("--rollback", "back", is_flag=True, help="Put the previous release back instead.")
@_config
@_format
def publish_command(  # noqa: PLR0913, PLR0917 - the command's options
    site: Path | None,
    edition: str,
    target: Path,
    manifest: Path | None,
    signers: Path | None,
    config_file: Path,
    form: str,
    *,
    back: bool,
) -> int:
    """Put a built SITE (site-<edition> without this) into a folder that is served, in one step.

    Only the bytes of a signed manifest with a passing verdict are published, only to a folder of the same edition,
    and never an older release than the newest one, save with --rollback; that goes back by one release, never to a
    bulletin that was recalled since. The release before stays in .DIR.tearline beside the folder DIR, for us alone.
    """
    from tearline.publish import Offer, publish, rollback

    allowed = _allowed(signers, config_file)
    where = Path(os.path.abspath(target))  # noqa: PTH100 - resolve() would follow links
    if back:
        if site is not None or manifest is not None:
            raise click.UsageError("--rollback takes the release that was kept: name no site or manifest")
        came = rollback(edition, where, allowed, _now())
        return _told(came.findings, came.said, form)
    given = site or Path(f"site-{edition}")
    offer = Offer(edition, given, manifest or _beside(given), where)
    came = publish(offer, allowed, _now())
    return _told(came.findings, came.said, form)


@click.command("verify", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("site", type=click.Path(path_type=Path))
@_edition
@click.option(
    "--manifest",
    is_flag=False,
    flag_value="",
    help="The manifest; <site>.manifest.json where no file is named.",
)
@_signers
@click.option("--since", metavar="MOMENT", help="Refuse a manifest built before this, such as 2026-03-12T02:55:00Z.")
@_config
@_format
def copy_command(  # noqa: PLR0913, PLR0917 - the command's options
    site: Path,
    edition: str,
    manifest: str,
    signers: Path | None,
    since: str | None,
    config_file: Path,
    form: str,
) -> int:
    """Compare a deployed copy of a SITE, offline, with its signed manifest: every file that differs is named."""
    where = Path(manifest) if manifest else _beside(site)
    return verify_copy(site, edition, where, _allowed(signers, config_file), since, form)


def verify_copy(  # noqa: PLR0913, PLR0917 - what a copy is checked against
    site: Path, edition: str, manifest: Path, signers: Signers, since: str | None, form: str
) -> int:
    """Print what is wrong with a deployed copy; the exit code."""
    from tearline.certificate import check_copy

    if since is not None:
        try:
            dt.datetime.strptime(since, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
        except ValueError:
            raise click.UsageError("--since wants a moment such as 2026-03-12T02:55:00Z") from None
    found = check_copy(site, manifest, edition, signers, _now(), since=since)
    refused = "Refused: this copy is not what was verified."
    return _told(found, ["Every file is as it was verified"], form, refused)


@click.command("keygen")
@click.argument("key", type=click.Path(path_type=Path))
@click.option(
    "--signers", required=True, type=click.Path(path_type=Path), help="The file of allowed signers to write with it."
)
@click.option("--edition", "editions", multiple=True, required=True, help="An edition that the key may sign.")
def keygen_command(key: Path, signers: Path, editions: tuple[str, ...]) -> int:
    """Make a signing KEY, readable by us alone, and the file of allowed signers that goes with it.

    Files that are there are never replaced. `ssh-keygen -t ed25519` makes keys just as good.
    """
    from tearline.keys import make_key

    public = make_key(key, signers, editions)
    say(f"Wrote {plain_path(key)} and {plain_path(signers)}: {public}")
    return DONE


COMMANDS: Final = (publish_command, keygen_command)


def _beside(site: Path) -> Path:
    return site.with_name(f"{site.name}.manifest.json")


def _allowed(signers: Path | None, config_file: Path) -> Signers:
    from tearline.keys import read_signers
    from tearline.policy import load_policy

    if signers is not None:
        return read_signers(signers)
    policy, _ = load_policy(config_file, os.environ)
    if policy is None or policy.signing is None:
        raise click.UsageError("name the file of allowed signers with --signers; no configuration here names one")
    return read_signers(policy.signing.signers)


def _now() -> dt.datetime:
    from tearline.render import build_moment

    try:
        return build_moment(os.environ)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


_KEPT: Final = "Refused; what is served stays as it was."


def _told(findings: Iterable[Finding], said: Iterable[str], form: str, refused: str = _KEPT) -> int:
    found = list(findings)
    tell(report(found, form), exact=form != "text")
    if refuses(found):
        say(refused)
        return REFUSED
    for line in said:
        say(f"{line}.")
    return DONE
