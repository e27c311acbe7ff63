"""The command ``selftest``: canaries in a copy of the site, and one page about what became of them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from tearline.findings import report
from tearline.printing import progress, say, tell

if TYPE_CHECKING:
    from tearline.policy import Edition, Policy

DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
_SEEDS: Final = 32  # bits


@click.command("selftest")
@click.option("--edition", help="The edition to test; the default one without this, or the first that withholds.")
@click.option("--seed", type=click.IntRange(0), help="Repeat a test: the number that its page names.")
@click.option(
    "-f",
    "--config-file",
    default="mkdocs.yml",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The site's configuration.",
)
def selftest_command(edition: str | None, seed: int | None, config_file: Path) -> int:
    """Sow canaries in every kind of withheld place of a copy of the site, and see that none gets out.

    The copy is built. No canary may be in the sanitized edition, all that are published have to be in the full one,
    and the verifier has to report each one that is put back into the built site, in each of many encodings.
    The site itself is only read.
    """
    from tearline.policy import load_policy
    from tearline.render import build_moment
    from tearline.selftest import SelfTestError, selftest
    from tearline.selftest.page import page

    policy, found = load_policy(config_file, os.environ)
    if found:
        say(report(found))
    if policy is None:
        raise click.exceptions.Exit(USAGE)
    chosen = _edition(policy, edition)
    if chosen is None:
        raise SelfTestError("no such edition that withholds anything")
    try:
        now = build_moment(os.environ)
    except ValueError as error:
        raise SelfTestError(str(error)) from None
    with progress() as step:
        result = selftest(policy, chosen, secrets.randbits(_SEEDS) if seed is None else seed, now, os.environ, step)
    tell(page(result))
    return DONE if result.passed else REFUSED


def _edition(policy: Policy, name: str | None) -> Edition | None:
    """The edition that is meant, if it withholds anything."""
    sanitized = {one.name: one for one in policy.editions.values() if one.sanitized}
    if name is not None:
        return sanitized.get(name)
    return sanitized.get(policy.edition) or next(iter(sanitized.values()), None)
