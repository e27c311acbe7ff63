"""Runs a step again and again, each time killed (SIGKILL) one event later, until it gets through alive.

    python killed.py publish BENCH      the release `new` is published over `old`
    python killed.py rollback BENCH     `old` is put back over `new`
    python killed.py commit BENCH       a build's changes are put in place
    python killed.py pair BENCH         as publish, on a file system that cannot exchange two folders

Every file operation of Python raises an audit event before it happens; the hook counts them and pulls the plug at the
chosen one. After each death the parent looks at what is served, lets an ordinary run recover, and looks again.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from releases import NEW, NOW, OLD, Bench, shown
from tearline import swap
from tearline.commit import Change, commit, private_folder, sweep
from tearline.publish import Offer, publish, rollback

EVENTS = ("open", "os.", "fcntl.", "shutil.", "ctypes.")
MOST = 2000


def dies_at(number: int, step: Callable[[], object]) -> bool:
    """Run ``step`` in a child that is killed at its event ``number``; whether it died."""
    child = os.fork()
    if child == 0:
        seen = 0

        def count(event: str, _: object) -> None:
            nonlocal seen
            if event.startswith(EVENTS):
                seen += 1
                if seen == number:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        step()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status):
        raise SystemExit(f"the step failed at event {number}")
    return os.WIFSIGNALED(status)


def whole(target: Path, *allowed: dict[str, str] | None) -> str:
    """Which of the allowed states a folder is in; anything else ends the run."""
    found = shown(target) if target.exists() else None
    if found not in allowed:
        raise SystemExit(f"mixed: {sorted(found or {})}")
    return "old" if found == OLD else "new" if found == NEW else "none"


def every_event(root: Path, prepare: Callable[[], None], once: Callable[[int], bool]) -> None:
    """``prepare`` and try ``once`` with event 1, 2, …, until a step is not killed any more."""
    ends = set()
    for number in range(1, MOST):
        for path in (root / "www").iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        prepare()
        died = once(number)
        ends.add(died)
        if not died:
            sys.stdout.write(f"{number - 1} deaths\n")
            return
    raise SystemExit("it never got through")


def publishing(bench: Bench, old: Offer, new: Offer, *, pair: bool, back: bool) -> None:
    """Kill a publish, or a rollback, at every event."""
    gap = None if pair else OLD
    if pair:
        swap._renameat2 = lambda _new, _target: False  # type: ignore[assignment]
    before, after = (NEW, OLD) if back else (OLD, NEW)

    def prepare() -> None:
        publish(old, bench.signers, NOW)
        if back:
            publish(new, bench.signers, NOW)

    def step() -> object:
        return rollback("eoc", bench.target, bench.signers, NOW) if back else publish(new, bench.signers, NOW)

    def once(number: int) -> bool:
        died = dies_at(number, step)
        whole(bench.target, before, after, gap)
        came = publish(new, bench.signers, NOW)
        if came.findings or whole(bench.target, NEW) != "new":
            raise SystemExit(f"not recovered after event {number}")
        left = {path.name for path in bench.target.with_name(".eoc.tearline").iterdir()} - {"lock", "pin.json"}
        if any(name in left for name in ("incoming", "incoming.replaced")) or (bench.root / "www" / "x").exists():
            raise SystemExit(f"left behind after event {number}: {sorted(left)}")
        if not back:
            went = rollback("eoc", bench.target, bench.signers, NOW)
            if went.findings or whole(bench.target, OLD) != "old":
                raise SystemExit(f"no way back after event {number}")
        return died

    every_event(bench.root, prepare, once)


def committing(bench: Bench) -> None:
    """Kill a build's last step at every event: site and manifest agree, or there is no manifest."""
    out = bench.root / "www"

    def put(files: dict[str, str], name: str) -> None:
        with private_folder(out) as private:
            folder = private.path
            site = folder / "eoc" / "site"
            for path, words in files.items():
                (site / path).parent.mkdir(parents=True, exist_ok=True)
                (site / path).write_text(words, encoding="utf-8")
            (folder / "eoc" / "m").write_text(name, encoding="utf-8")
            changes = [Change.of(folder, site, "site"), Change.of(folder, folder / "eoc" / "m", "m"), Change("m.sig")]
            commit(folder, changes)

    def prepare() -> None:
        put(OLD, "old")
        (out / "m.sig").write_text("old", encoding="utf-8")

    def once(number: int) -> bool:
        died = dies_at(number, lambda: put(NEW, "new"))
        for recovered in (False, True):
            state = whole(out / "site", OLD, NEW)
            said = (out / "m").read_text(encoding="utf-8") if (out / "m").exists() else None
            if said not in {state, None} or (recovered and said is None):
                raise SystemExit(f"site {state} with manifest {said} after event {number}, recovered {recovered}")
            if (out / "m.sig").exists() and state == "new":
                raise SystemExit(f"an old signature beside a new site after event {number}")
            sweep(out)
        left = {path.name for path in out.iterdir()} - {"site", "m", "m.sig"}
        if any((out / name / "commit.json").exists() for name in left):
            raise SystemExit(f"left behind after event {number}: {sorted(left)}")
        return died

    every_event(bench.root, prepare, once)


def main(what: str, root: Path) -> None:
    """Do one of the four."""
    bench = Bench.at(root)
    old = bench.release("old", OLD, built="2026-11-23T10:00:00Z")
    new = bench.release("new", NEW, built="2026-11-23T11:00:00Z")
    if what == "commit":
        committing(bench)
    else:
        publishing(bench, old, new, pair=what == "pair", back=what == "rollback")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
