"""What the recipes for GitHub and GitLab give to which job: sources, keys, artifacts, machines."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from forges import FORGES, PIPELINE, WORKFLOWS, Job, jobs, read, secrets
from sites import ROOT

EDITIONS = ("eoc", "full")
SCRIPTS = ROOT / ".ci" / "jobs"


def site(edition: str) -> tuple[str, ...]:
    """All that one job may hand to another."""
    return f"site-{edition}/", f"site-{edition}.manifest.json", f"site-{edition}.manifest.json.sig"


def publishing(edition: str) -> str:
    return f'tearline publish --edition {edition} --to "${{TEARLINE_TARGET:?}}" --signers "${{TEARLINE_SIGNERS:?}}"'  # the machine's own variables


def table(forge: str) -> dict[str, Job]:
    """Every job there is, and all that it may have. A deploying job has no sources, no key, no other edition."""
    wanted = {"check": Job((f".ci/jobs/check {forge}",), checkout=True)}
    for edition in EDITIONS:
        serving = {"environment": edition, "runner": f"serves-{edition}"}
        wanted |= {
            f"build-{edition}": Job(
                (f".ci/jobs/build {edition}",), checkout=True, environment=f"build-{edition}", leaves=site(edition)
            ),
            f"deploy-{edition}": Job((publishing(edition),), takes=site(edition), **serving),
            f"rollback-{edition}": Job((f"{publishing(edition)} --rollback",), **serving),
        }
    return wanted


@pytest.mark.parametrize("forge", FORGES)
def test_every_job_has_what_it_may_have_and_no_more(forge: str) -> None:
    assert jobs(forge) == table(forge)


def test_a_key_is_seen_by_the_job_that_builds_with_it_alone() -> None:
    seen = {(path.stem, name): found for path in WORKFLOWS for name, found in secrets(path).items() if found}
    assert seen == {(f"tearline-{edition}", "build"): {"TEARLINE_KEY"} for edition in EDITIONS}
    assert "TEARLINE_KEY" not in PIPELINE.read_text(encoding="utf-8")  # GitLab gives it to a job by its environment


def test_the_editions_never_meet_in_one_run() -> None:
    assert {path.stem for path in WORKFLOWS} == {"tearline-check", "tearline-eoc", "tearline-full"}
    for edition, other in (EDITIONS, EDITIONS[::-1]):
        text = (ROOT / ".github" / "workflows" / f"tearline-{edition}.yml").read_text(encoding="utf-8")
        assert other not in text.lower().split(), edition
        assert f"site-{other}" not in text
    for name, job in jobs("gitlab").items():
        edition = name.rpartition("-")[2]
        assert all(one.startswith(f"site-{edition}") for one in job.takes + job.leaves), name


def test_the_workflows_of_the_editions_differ_in_little_but_the_name() -> None:
    eoc, full = (path.read_text(encoding="utf-8").splitlines() for path in WORKFLOWS if path.stem != "tearline-check")
    differing = [two for one, two in zip(eoc, full, strict=True) if one.replace("eoc", "full") != two]
    assert [line.strip() for line in differing if not line.startswith(("#", "name:"))] == ["retention-days: 1"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_do_little_and_runs_what_was_looked_at(path: Path) -> None:
    workflow, text = read(path), path.read_text(encoding="utf-8")
    allowed = [workflow["permissions"], *(job.get("permissions", {}) for job in workflow["jobs"].values())]
    assert all(each in ({}, {"contents": "read"}) for each in allowed)
    assert set(workflow["on"]) <= {"pull_request", "push", "schedule", "workflow_dispatch"}
    pinned = r"actions/(checkout|setup-python|upload-artifact|download-artifact)@[0-9a-f]{40} # v\d+\.\d+\.\d+"
    uses = re.findall(r"uses: (.*)", text)
    assert all(re.fullmatch(pinned, each) for each in uses)
    assert text.count("persist-credentials: false") == text.count("actions/checkout@")
    assert workflow["concurrency"]["cancel-in-progress"] == str(path.stem == "tearline-check").lower()
    assert "cache" not in text
    assert not any("${{" in each.get("run", "") for job in workflow["jobs"].values() for each in job["steps"])


def test_nothing_is_built_or_deployed_but_from_main_once_signers_are_named() -> None:
    for edition in EDITIONS:
        workflow = read(ROOT / ".github" / "workflows" / f"tearline-{edition}.yml")["jobs"]
        assert "vars.TEARLINE_ALLOWED_SIGNERS != ''" in workflow["build"]["if"]
        assert all("github.ref == 'refs/heads/main'" in workflow[name]["if"] for name in ("build", "rollback"))
        assert workflow["deploy"]["needs"] == "build"
    pipeline = read(PIPELINE)
    for name in (".main", ".back"):
        assert [each["if"] for each in pipeline[name]["rules"]] == [
            "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $TEARLINE_ALLOWED_SIGNERS"
        ]
    assert "cache" not in pipeline
    assert all("cache" not in job for job in pipeline.values())


def test_two_jobs_never_publish_an_edition_at_once() -> None:
    pipeline = read(PIPELINE)
    for edition in EDITIONS:
        for name in ("deploy", "rollback"):
            assert pipeline[f"{name}-{edition}"]["resource_group"] == edition
        group = read(ROOT / ".github" / "workflows" / f"tearline-{edition}.yml")["concurrency"]["group"]
        assert group.startswith(f"{edition}-")


@pytest.mark.parametrize("name", ["build", "check", "program"])
def test_the_scripts_are_whole(name: str) -> None:
    path = SCRIPTS / name
    assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0
    assert os.access(path, os.X_OK) == path.read_text(encoding="utf-8").startswith("#!")
    assert sorted(each.name for each in SCRIPTS.iterdir()) == ["build", "check", "program"]
