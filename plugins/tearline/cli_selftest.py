"""The command ``selftest``: canaries in a copy of the site, and one page about what became of them."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from tearline.printing import progress, tell

if TYPE_CHECKING:
    from tearline.policy import Edition, Policy

DONE = 0
REFUSED = 1


def run(policy: Policy, edition: Edition, seed: int | None, now: dt.datetime) -> int:
    """Test, print the page, and say how it went. Raises ``SelfTestError``, and what a build raises."""
    from tearline.selftest import selftest
    from tearline.selftest.page import page

    chosen = secrets.randbits(32) if seed is None else seed
    with progress() as step:
        result = selftest(policy, edition, chosen, now, os.environ, step)
    tell(page(result))
    return DONE if result.passed else REFUSED
