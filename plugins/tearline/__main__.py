"""The command, as a module that hardly anything can interrupt: the rest is loaded once Ctrl-C has its meaning."""

from __future__ import annotations

import gc
import signal
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and exit."""
    gc.set_threshold(100_000, 20, 20)  # what is read stays to the end: to look through it again and again costs a fifth
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the command line has its own: an end without a traceback
    from tearline.cli import main as run  # noqa: PLC0415 - see above

    run()


if __name__ == "__main__":
    main()
