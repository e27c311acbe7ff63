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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Protocol

from tearline.findings import Finding, Place, finding
from tearline.manifest import Verdict
from tearline.policy import Edition, Policy
from tearline.render import refuse_full

TIME_LIMIT: Final = 7200  # seconds; a verifier that hangs has proved nothing, and ten thousand PDFs take an hour
KEY: Final = "TEARLINE_ACCEPT_KEY"  # the one variable that the verifier needs: where the key of the record is
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


def judge(  # noqa: PLR0913 - what a verifier is told
    rendering: Rendered,
    policy: Policy,
    edition: Edition,
    full: Path | None,
    environ: Mapping[str, str],
    *,
    stages: Mapping[str, Path],
    offline: bool = False,
    memory: Path | None = None,
) -> Judgement:
    """Have one rendered site verified. ``full`` is the full edition's site, if there is one to compare it with.

    ``stages`` are the stages of all editions by name: a fuller edition may link to what a stricter one has. With
    ``offline`` the site is an offline copy. In the file ``memory``, the verifier keeps in mind what it found clean.

    Raises ``JudgeError`` where the verifier failed and ``RecordError`` where it could not use what it was given.
    """
    report = rendering.site.with_name("report.json")
    name = f"site-{edition.name}-offline" if offline else f"site-{edition.name}"
    asked = [str(rendering.site), "--edition", edition.name, "--as", name]
    asked += ["--stage", str(rendering.stage), "--log", str(rendering.log), *(["--offline"] if offline else [])]
    asked += [word for name, stage in stages.items() if name != edition.name for word in ("--other", f"{name}={stage}")]
    if full is not None:
        asked += ["--full", str(full)]
    asked += ["--memory", str(memory)] if memory is not None else []
    told = _asked("tearline.verify", asked, report, policy, environ)
    try:
        return Judgement(tuple(map(_finding, told["findings"])), Verdict(**told["verdict"]))
    except (ValueError, KeyError, TypeError):
        raise JudgeError(_UNREADABLE) from None


def repetitions(policy: Policy, environ: Mapping[str, str]) -> list[Finding]:
    """Withheld words that released text says too, in the sources of a site: for each edition that withholds anything.

    Raises as ``judge`` does.
    """
    names = [name for name, edition in policy.editions.items() if edition.sanitized]
    if not names:
        return []
    asked = [word for name in names for word in ("--edition", name)]
    with TemporaryDirectory(prefix="tearline-") as folder:
        told = _asked("tearline.verify.repetitions", asked, Path(folder) / "report.json", policy, environ)
    try:
        return list(map(_finding, told["findings"]))
    except (ValueError, KeyError, TypeError):
        raise JudgeError(_UNREADABLE) from None


def _asked(
    module: str, arguments: Sequence[str], report: Path, policy: Policy, environ: Mapping[str, str]
) -> dict[str, Any]:
    """What a program of the verifier reports."""
    known = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    known |= {KEY: str(Path(environ[KEY]).absolute())} if environ.get(KEY) else {}
    asked = [*arguments, "--config-file", str(policy.path.absolute()), "--report", str(report)]
    code, stderr = _run([sys.executable, *_FLAGS, module, *asked], policy.root, known)
    said = stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    if code == _USAGE:
        raise RecordError(said.removeprefix("tearline: "))
    if code not in _DONE:
        refuse_full(report.parent)
        raise JudgeError(f"the verifier failed with exit code {code}")
    try:
        told = json.loads(report.read_bytes())
    except (OSError, ValueError):
        raise JudgeError(_UNREADABLE) from None
    if not isinstance(told, dict):
        raise JudgeError(_UNREADABLE)
    return told


def _run(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> tuple[int, bytes]:
    """Exit code and errors of a program. Should we be stopped, so are it and the processes it shares its work with."""
    with subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
        command,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            _, stderr = process.communicate(timeout=TIME_LIMIT)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise JudgeError("the verifier took too long") from None
            raise
    return process.returncode, stderr


def _finding(told: Mapping[str, Any]) -> Finding:
    place = Place(told["path"], told["line"], told["column"])
    return finding(told["rule"], place, told["detail"], portion=told["portion"], width=told["width"])
