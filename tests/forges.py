"""The recipes for GitHub and GitLab, read into one form, and machines that run their jobs with what those get alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sites import ROOT, Ran

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("tearline-*.yml"))
PIPELINE = ROOT / ".gitlab-ci.yml"
FORGES = ("github", "gitlab")
_TEMPORARY = "${{ runner.temp }}/release"
_SECRET = re.compile(r"\$\{\{\s*secrets\.(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Job:
    """A job of a recipe. ``takes`` and ``leaves`` are the files carried from and to other jobs."""

    steps: tuple[str, ...]
    checkout: bool = False
    environment: str = ""
    runner: str = ""
    takes: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()


def jobs(forge: str) -> dict[str, Job]:
    """All jobs of a forge's recipe by name."""
    return _github() if forge == "github" else _gitlab()


def read(path: Path) -> dict[str, Any]:
    """A YAML file with every scalar as it is typed: ``on`` stays a word."""
    loaded: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - plain values only
    return loaded


def secrets(path: Path) -> dict[str, set[str]]:
    """The secrets that each job of a workflow can see."""
    return {name: set(_SECRET.findall(yaml.safe_dump(job))) for name, job in read(path)["jobs"].items()}


def _github() -> dict[str, Job]:
    found = {}
    for path in WORKFLOWS:
        stem = path.stem.removeprefix("tearline-")
        bodies = read(path)["jobs"]
        left = {each["with"]["name"]: _lines(each) for job in bodies.values() for each in _uses(job, "upload-artifact")}
        for name, job in bodies.items():
            taken = _uses(job, "download-artifact")
            # A runner's workspace is not emptied: what is taken, and the step, belong in a folder that is.
            assert all(each["with"]["path"] == _TEMPORARY for each in taken)
            assert not taken or all(each["working-directory"] == _TEMPORARY for each in job["steps"] if "run" in each)
            found[name if name == stem else f"{name}-{stem}"] = Job(
                steps=tuple(each["run"] for each in job["steps"] if "run" in each),
                checkout=bool(_uses(job, "checkout")),
                environment=job.get("environment", ""),
                runner=job["runs-on"][-1] if isinstance(job["runs-on"], list) else "",
                takes=tuple(one for each in taken for one in left[each["with"]["name"]]),
                leaves=tuple(one for each in _uses(job, "upload-artifact") for one in _lines(each)),
            )
    return found


def _uses(job: dict[str, Any], action: str) -> list[dict[str, Any]]:
    return [each for each in job["steps"] if each.get("uses", "").startswith(f"actions/{action}@")]


def _lines(upload: dict[str, Any]) -> tuple[str, ...]:
    return tuple(upload["with"]["path"].split())


def _gitlab() -> dict[str, Job]:
    pipeline = read(PIPELINE)
    bodies = {name: _extended(pipeline, name) for name in pipeline if name != "stages" and not name.startswith(".")}
    left = {name: tuple(job.get("artifacts", {}).get("paths", ())) for name, job in bodies.items()}
    return {
        name: Job(
            steps=tuple(job["script"]),
            checkout=job["variables"].get("GIT_STRATEGY", "clone") not in {"none", "empty"},
            environment=job.get("environment", {}).get("name", ""),
            runner="".join(job.get("tags", ())),
            takes=tuple(one for need in job.get("needs", ()) for one in left[need]),
            leaves=left[name],
        )
        for name, job in bodies.items()
    }


def _extended(pipeline: dict[str, Any], name: str) -> dict[str, Any]:
    """A job with all that it extends: later templates over earlier ones, mappings merged."""
    job = dict(pipeline[name])
    bases = job.pop("extends", [])
    whole: dict[str, Any] = {}
    for base in [bases] if isinstance(bases, str) else bases:
        whole = _merged(whole, _extended(pipeline, base))
    return _merged(whole, job)


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    both = {key for key in under.keys() & over.keys() if isinstance(over[key], dict) and isinstance(under[key], dict)}
    return {**under, **over, **{key: _merged(under[key], over[key]) for key in both}}


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine that runs a job in ``work``: no variable, home or program but what it is given."""

    work: Path
    path: str = os.defpath

    @property
    def temporary(self) -> Path:
        """Where programs put what is to be gone afterwards."""
        return self.work.with_name(f"{self.work.name}-tmp")

    def run(self, job: Job, **variables: str) -> Ran:
        """Run all steps, as a runner does: the first that fails is the last."""
        self.temporary.mkdir(exist_ok=True)
        done = subprocess.run(
            ["/bin/bash", "-e", "-o", "pipefail", "-c", "\n".join(job.steps)],
            cwd=self.work,
            env={"PATH": self.path, "HOME": str(self.temporary), "TMPDIR": str(self.temporary), **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


def carry(names: tuple[str, ...], work: Path, to: Path) -> None:
    """What a forge keeps of one job and gives to another: these names, and nothing beside them."""
    to.mkdir(parents=True)
    for name in names:
        if (work / name).is_dir():
            shutil.copytree(work / name, to / name)
        else:
            shutil.copy(work / name, to)
