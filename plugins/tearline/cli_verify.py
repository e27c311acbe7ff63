"""``tearline verify``: hands a built site to the verifier, with what that has to compare it with.

Provenance wants the staged tree that the site came from, the second reading the full edition as readers see it. Where
none is named, both are composed anew from the sources, for the moment that the site's manifest says it was built, in a
folder of our own that is gone afterwards. ``--bytes-alone`` leaves that out.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import gettempdir
from typing import Final

import click

from tearline.cli_publish import copy_command
from tearline.printing import plain_path, say

_COMPOSED: Final = ("--stage", "--full", "--other")
# What an offline copy says of its own making is known to nobody afterwards: without its stage, its bytes stand alone.
_FLAGS: Final = ("--bytes-alone", "--offline", "--help", "-h")


def verify_site(arguments: Sequence[str]) -> int:
    """Have a site verified as these arguments say; the exit code."""
    if _value(arguments, "--manifest") is not None:
        code: int = copy_command.main(list(arguments), prog_name="tearline verify", standalone_mode=False)
        return code
    with ExitStack() as stack:
        more: list[str] = []
        if not any(_value(arguments, name) is not None for name in (*_COMPOSED, *_FLAGS)):
            more = _composed(arguments, stack)
        return apart("tearline.verify", [*arguments, *more])


def apart(module: str, arguments: Sequence[str]) -> int:
    """Run a module in a process of its own, which knows nothing of ours."""
    return subprocess.run([sys.executable, "-P", "-m", module, *arguments], check=False).returncode  # noqa: S603 - no shell


def _value(arguments: Sequence[str], *names: str) -> str | None:
    """What an option is given, empty where it is a flag; None where it is not there."""
    for at, one in enumerate(arguments):
        name, sign, value = one.partition("=")
        if name in names:
            return value if sign else next(iter(arguments[at + 1 : at + 2]), "")
    return None


def _composed(arguments: Sequence[str], stack: ExitStack) -> list[str]:
    """Options that name stages and full edition; none where the verifier itself will say that an argument is wrong.

    They are made in a private folder among the system's temporary files: what a killed run leaves, the next removes.
    What was asked for and cannot be composed is no reason to verify less: raises ``click.UsageError`` where the
    configuration is refused, ``RenderError`` and ``TargetError`` where making them fails.
    """
    from tearline.build import How, composed
    from tearline.commit import private_folder
    from tearline.policy import load_policy
    from tearline.sites import rendered
    from tearline.stage import write

    config, name, site = _value(arguments, "-f", "--config-file"), _value(arguments, "--edition"), _site(arguments)
    path = Path(config or "mkdocs.yml")
    if name is None or site is None or not site.is_dir() or not path.is_file():
        return []
    policy, _ = load_policy(path, os.environ)
    if policy is None:
        raise click.UsageError(
            "the configuration is refused, so nothing can be composed to compare the site with; `tearline check` says "
            "why, and with --bytes-alone the bytes are verified without it"
        )
    if name not in policy.editions:
        return []
    now = _moment(site)
    private = stack.enter_context(private_folder(Path(gettempdir())))
    folder = private.path
    say("Composing what the site is compared with")
    papers = policy.pdf is True or (policy.pdf == "auto" and any(site.glob("[0-9]*/*/*.pdf")))
    _, trees = composed(policy, now, How(hold=True), papers=papers)
    for each, tree in trees.items():
        write(tree, folder / each)
    more = ["--stage", str(folder / name)]
    more += [word for each in trees if each != name for word in ("--other", f"{each}={folder / each}")]
    full = next((tree for tree in trees.values() if tree.edition.releases is None), None)
    if full is None or policy.editions[name].releases is None:
        return more
    return [*more, "--full", str(rendered([full], policy, private, now)[0].site)]


def _site(arguments: Sequence[str]) -> Path | None:
    """The folder that is named: what is no option, and no option's value."""
    rest = iter(arguments)
    for one in rest:
        if not one.startswith("-"):
            return Path(one)
        if "=" not in one and one not in _FLAGS:
            next(rest, None)
    return None


def _moment(site: Path) -> dt.datetime:
    """The moment that a site was built for, by the manifest beside it; else the one that a build would be for now."""
    from tearline.render import build_moment

    beside = site.with_name(f"{site.name}.manifest.json")
    try:
        built = json.loads(beside.read_bytes())["built"]
        return dt.datetime.strptime(built, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError):
        say(f"{plain_path(beside)} cannot be read; the site is compared with one built now")
    return build_moment(os.environ)
