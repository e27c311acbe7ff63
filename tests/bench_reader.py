"""What somebody waits for: an analyst for `tearline check` of one bulletin, a reader for the first search result."""

from __future__ import annotations

import contextlib
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from served import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUERIES: Final = ("generator", "levee crest", "frozen hydrant")
_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
_FLAGS: Final = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")


def checks(config: Path, bulletins: list[Path]) -> list[float]:
    """Seconds that each check takes in a process that has started: the first one, which imports the rest, included.

    Raises ``RuntimeError`` where there are findings: what was timed would be something else.
    """
    from datetime import UTC, datetime

    from tearline.build import check
    from tearline.policy import load_policy

    policy, found = load_policy(config, {})
    if policy is None:
        raise RuntimeError(str(found[0]))
    took = []
    for path in bulletins:
        begun = time.perf_counter()
        outcome = check(policy, [path], datetime.now(UTC))
        took.append(time.perf_counter() - begun)
        if outcome.findings or outcome.checked != 1:
            raise RuntimeError(f"{len(outcome.findings)} findings in {outcome.checked} documents")
    return took


@contextlib.contextmanager
def browser() -> Iterator[Browser | None]:
    """The system's Chromium; None where it or Playwright is not installed."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        yield None
        return
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield chromium
        chromium.close()


def search(site: Path, chromium: Browser, runs: int) -> dict[str, float]:
    """From the first key to the first result: seconds and bytes fetched, medians over queries of new visitors.

    ``page_bytes`` is what the page had taken before. Raises Playwright's ``Error`` where no result comes.
    """
    seconds, fetched, page_bytes = [], [], []
    with serving(site) as address:
        for query in [*QUERIES] * runs:
            context = chromium.new_context(viewport={"width": 1200, "height": 900})
            page = context.new_page()
            total = [0.0]
            network = context.new_cdp_session(page)
            network.send("Network.enable")
            network.on("Network.loadingFinished", lambda event, total=total: _add(total, event["encodedDataLength"]))
            page.goto(address, wait_until="networkidle")
            before = total[0]
            begun = time.perf_counter()
            page.locator("#tl-q").click()
            page.keyboard.type(query)
            page.wait_for_selector(".tl-search__panel .tl-hit", timeout=30_000)
            seconds.append(time.perf_counter() - begun)
            page.wait_for_load_state("networkidle")
            fetched.append(total[0] - before)
            page_bytes.append(before)
            context.close()
    return {
        "seconds": round(statistics.median(seconds), 3),
        "bytes": statistics.median(fetched),
        "page_bytes": statistics.median(page_bytes),
    }


def _add(total: list[float], more: float) -> None:
    total[0] += more


def main() -> None:
    """``python tests/bench_reader.py CONFIG BULLETIN...``: the seconds of each check, a line each."""
    for took in checks(Path(sys.argv[1]), [Path(each) for each in sys.argv[2:]]):
        print(took)  # noqa: T201 - for the program that runs this


if __name__ == "__main__":
    main()
