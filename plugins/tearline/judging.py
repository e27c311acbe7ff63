"""A rendered site -> what the verifier says of it: a process of its own that shares no code with us.

It is started anew (exec, not fork) with an environment of its own, and told where the raw sources, the stage, the full
edition and the renderer's log are. What it found and which bytes it read come back in a file.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any, Final, Protocol

from tearline.findings import Finding, Place, finding
from tearline.manifest import Verdict
from tearline.policy import Edition, Policy
from tearline.render import refuse_full

TIME_LIMIT: Final = 7200  # seconds; a verifier that hangs has proved nothing, and ten thousand PDFs take an hour
KEY: Final = "TEARLINE_ACCEPT_KEY"  # a variable that the verifier needs: where the key of the record is
ENDS_WITH: Final = "TEARLINE_ENDS_WITH"  # another: which process it has to end with
RECORD: Final = "approvals/accepted.jsonl"  # where it looks for that record, beside the configuration
_FLAGS: Final = ("-P", "-s", "-B", "-m")
_UNREADABLE: Final = "the verifier's report cannot be read"
_DONE: Final = (0, 1)
_USAGE: Final = 2


class JudgeError(Exception):
    """The verifier came to no verdict: nothing may be published. The message is one line that quotes no source."""


class RecordError(Exception):
    """What the verifier was given cannot be used, such as the key of accepted repetitions. One line."""


class Rendered(Protocol):
    """A built site, the stage it was rendered from and what the renderer said; a report is written beside the site."""

    @property
    def site(self) -> Path: ...  # noqa: D102 - said above
    @property
    def stage(self) -> Path: ...  # noqa: D102
    @property
    def log(self) -> Path: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the verifier says of one site, and the verdict for its manifest."""

    findings: tuple[Finding, ...]
    verdict: Verdict


@dataclass(slots=True)
class Judging:
    """A verifier at work: its process, the file that it reports in, and one for what it says of itself."""

    process: subprocess.Popen[bytes]
    report: Path
    said: IO[bytes]
    late: float  # when it has taken too long

    def finish(self) -> Judgement:
        """Wait for it. Raises ``JudgeError`` where it failed, ``RecordError`` where it could not use what it had."""
        told = self.told()
        try:
            return Judgement(tuple(map(_finding, told["findings"])), Verdict(**told["verdict"]))
        except (ValueError, KeyError, TypeError):
            raise JudgeError(_UNREADABLE) from None

    def told(self) -> dict[str, Any]:
        """What it reports, as plain data. Raises as ``finish`` does."""
        try:
            code = self.process.wait(max(0, self.late - time.monotonic()))
            self.said.seek(0)
            said = self.said.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
        except subprocess.TimeoutExpired:
            raise JudgeError("the verifier took too long") from None
        finally:
            self.stop()
        if code == _USAGE:
            raise RecordError(said.removeprefix("tearline: "))
        if code not in _DONE:
            refuse_full(self.report.parent)
            raise JudgeError(f"the verifier failed with exit code {code}")
        try:
            told = json.loads(self.report.read_bytes())
        except (OSError, ValueError):
            raise JudgeError(_UNREADABLE) from None
        if not isinstance(told, dict):
            raise JudgeError(_UNREADABLE)
        return told

    def stop(self) -> None:
        """End it and the processes it shares its work with. Nothing happens where they have ended already."""
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.said.close()


def start_judging(  # noqa: PLR0913 - what a verifier is told
    rendering: Rendered,
    policy: Policy,
    edition: Edition,
    full: Path | None,
    environ: Mapping[str, str],
    *,
    stages: Mapping[str, Path],
    offline: bool = False,
    memory: Path | None = None,
) -> Judging:
    """Begin to have one rendered site verified. ``full`` is the full edition's, if there is one to compare it with.

    ``stages`` are the stages of all editions by name: a fuller edition may link to what a stricter one has. With
    ``offline`` the site is an offline copy. In the file ``memory``, the verifier keeps in mind what it found clean.
    """
    report = rendering.site.with_name("report.json")
    name = f"site-{edition.name}-offline" if offline else f"site-{edition.name}"
    asked = [str(rendering.site), "--edition", edition.name, "--as", name]
    asked += ["--stage", str(rendering.stage), "--log", str(rendering.log), *(["--offline"] if offline else [])]
    asked += [word for name, stage in stages.items() if name != edition.name for word in ("--other", f"{name}={stage}")]
    if full is not None:
        asked += ["--full", str(full)]
    asked += ["--memory", str(memory)] if memory is not None else []
    return _started("tearline.verify", asked, report, policy, environ)


def repetitions(policy: Policy, environ: Mapping[str, str]) -> list[Finding]:
    """Withheld words that released text says too, in the sources of a site: for each edition that withholds anything.

    Raises as ``Judging.finish`` does.
    """
    names = [name for name, edition in policy.editions.items() if edition.sanitized]
    if not names:
        return []
    asked = [word for name in names for word in ("--edition", name)]
    with TemporaryDirectory(prefix="tearline-") as folder:
        judging = _started("tearline.verify.repetitions", asked, Path(folder) / "report.json", policy, environ)
        told = judging.told()
    try:
        return list(map(_finding, told["findings"]))
    except (ValueError, KeyError, TypeError):
        raise JudgeError(_UNREADABLE) from None


def _started(
    module: str, arguments: Sequence[str], report: Path, policy: Policy, environ: Mapping[str, str]
) -> Judging:
    """A program of the verifier, at work."""
    # What it leaves when it is stopped, such as a folder with Pagefind's program, goes with the private folder.
    known = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TMPDIR": str(report.parent.absolute())}
    known |= {ENDS_WITH: str(os.getpid())}
    known |= {KEY: str(Path(environ[KEY]).absolute())} if environ.get(KEY) else {}
    asked = [*arguments, "--config-file", str(policy.path.absolute()), "--report", str(report)]
    said = TemporaryFile(dir=report.parent)  # noqa: SIM115 - it lives as long as the process
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
        [sys.executable, *_FLAGS, module, *asked],
        cwd=policy.root,
        env=known,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=said,
        start_new_session=True,  # should we be stopped, we stop it ourselves
    )
    return Judging(process, report, said, time.monotonic() + TIME_LIMIT)


def _finding(told: Mapping[str, Any]) -> Finding:
    place = Place(told["path"], told["line"], told["column"])
    return finding(told["rule"], place, told["detail"], portion=told["portion"], width=told["width"])
