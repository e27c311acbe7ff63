"""Rendering on a cluster: the same bytes, by workers that see released text alone, or one line why not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

import pytest

from clusters import Cluster, certificates, children, cluster, wait_for
from sites import NOON, Ran, bulletin, every_byte, make_site, tearline
from tearline.render import cluster as ours
from tearline.render import schedulers, worker
from tearline.render.pages import Context
from tearline.render.schedulers import ClusterError, clusters, told_of
from tearline.render.working import Shared
from tearline.store import ingredients

SOURCES = {
    f"{number:03}.md": bulletin(
        f"IB-2026-{number:03}", f"(U) Flood note {number}.\n\n(U//LES) Source Tollan {number}.", "date: 2026-11-20"
    )
    for number in range(1, 121)
}
CONTEXT = Context("site_name: A\ntheme: {name: material, font: false}\n", {}, {}, int(NOON))
SHARED = Shared(CONTEXT, ["a.md"])
SITES = ("site-eoc", "site-full")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """The sites as this machine builds them, manifests too."""
    root = tmp_path_factory.mktemp("here") / "site"
    make_site(root, SOURCES)
    ran = tearline("build", cwd=root)
    assert ran.code == 0, ran.said
    return built(root)


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of two workers that cannot read the site's folder, ``there.hidden``."""
    root = tmp_path_factory.mktemp("there")
    make_site(root / "site", SOURCES)
    with cluster(root / "cluster", root / "site") as made:
        for name in ("one", "two"):
            made.worker(name)
        yield made


def built(root: Path) -> dict[str, dict[str, bytes]]:
    names = [path.name for path in root.glob("site-*.manifest.json")]
    return {name: every_byte(root / name) for name in SITES} | {
        "manifests": {name: (root / name).read_bytes() for name in sorted(names)}
    }


def build(on: Cluster, *options: str, **environment: str) -> Ran:
    shutil.rmtree(on.hidden / ".tearline", ignore_errors=True)
    return tearline("build", *options, cwd=on.hidden, **{**on.environment, **environment})


def refused(on: Cluster, *options: str, **environment: str) -> Ran:
    """A build that fails in one line, publishes nothing and changes nothing."""
    before = sorted(on.hidden.glob("site-*"))
    ran = build(on, *options, **environment)
    assert sorted(on.hidden.glob("site-*")) == before
    assert "Traceback" not in ran.said
    return ran


def looked(on: Cluster, question: str) -> list[object]:
    """What a piece of code says at each worker."""
    code = f"""
import sys
from distributed import Client, Security
security = Security(tls_ca_file={str(on.authority)!r}, tls_client_cert={str(on.certificate)!r},
                    tls_client_key={str(on.key)!r}, require_encryption=True)
def asked():
    import os
    from tearline.render import worker
    return {question}
with Client({on.address!r}, security=security) as client:
    print(list(client.run(asked).values()))
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    found = eval(done.stdout)  # noqa: S307 - our own question
    assert isinstance(found, list)
    return found


# --- it is done there -------------------------------------------------------------------------------------------


def test_workers_that_cannot_read_the_sources_make_the_bytes_that_are_made_here(
    here: dict[str, dict[str, bytes]], there: Cluster
) -> None:
    ran = build(there, "--scheduler", there.address)
    assert ran.code == 0, ran.said
    assert built(there.hidden) == here
    assert looked(there, f"os.listdir({str(there.hidden)!r})") == [[], []]
    hands = looked(there, "{name: [each._process.pid for each in idle] for name, idle in worker._hands.items()}")
    assert all(hands), "each of them has rendered"
    pairs = [(name, pid) for each in hands for name, pids in each.items() for pid in pids]  # type: ignore[attr-defined]
    assert len({name for name, _ in pairs}) == 2, "of two editions"
    assert len({pid for _, pid in pairs}) == len(pairs), "and no process of both"


def test_a_worker_that_is_killed_in_the_middle_changes_nothing(
    here: dict[str, dict[str, bytes]], there: Cluster
) -> None:
    third = there.worker("three")
    wait_for(lambda: len(looked(there, "1")) == 3)
    command = [sys.executable, "-m", "tearline.cli", "build", "--scheduler", there.address]
    shutil.rmtree(there.hidden / ".tearline", ignore_errors=True)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": NOON, "NO_MKDOCS_2_WARNING": "1", **there.environment}
    with subprocess.Popen(command, cwd=there.hidden, env=environment, stderr=subprocess.PIPE) as process:
        wait_for(lambda: children(third))
        third.send_signal(signal.SIGKILL)
        _, said = process.communicate(timeout=200)
    assert process.returncode == 0, said
    assert built(there.hidden) == here


def test_an_edition_can_be_rendered_there_and_the_other_here(here: dict[str, dict[str, bytes]], there: Cluster) -> None:
    ran = build(there, "--edition", "full", "--scheduler", f"full={there.address}")
    assert ran.code == 0, ran.said
    assert every_byte(there.hidden / "site-full") == here["site-full"]
    kept = {
        path.relative_to(there.hidden / ".tearline").as_posix() for path in there.hidden.glob(".tearline/*/*.shelf")
    }
    assert "full/cluster.shelf" in kept
    assert "full/pages.shelf" not in kept, "no build without the cluster believes what it made"


# --- it cannot be done there ------------------------------------------------------------------------------------


def test_another_authority_is_not_trusted(there: Cluster, tmp_path: Path) -> None:
    authority, certificate, key = certificates(tmp_path / "others")
    for wrong in (
        {"TEARLINE_CLUSTER_CA": str(authority)},
        {"TEARLINE_CLUSTER_CERT": str(certificate), "TEARLINE_CLUSTER_KEY": str(key)},
    ):
        ran = refused(there, "--scheduler", there.address, **wrong)
        assert ran.code == 3
        assert "certificate" in ran.err.splitlines()[-1]


def test_a_scheduler_that_is_not_there_ends_the_build_in_one_line(there: Cluster) -> None:
    started = time.monotonic()
    ran = refused(there, "--scheduler", "tls://127.0.0.1:9")
    assert ran.code == 3
    assert ran.err.splitlines()[-1] == (
        "tearline: the cluster failed: it does not answer, or does not take our certificate"
    )
    assert time.monotonic() - started < 100


def test_a_worker_that_is_another_program_refuses_and_says_how_it_differs(there: Cluster, tmp_path: Path) -> None:
    pages = Path(worker.__file__).with_name("pages.py")
    other = tmp_path / "pages.py"
    other.write_text(pages.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    with cluster(tmp_path / "cluster", there.hidden) as alone:
        alone.worker("other", f"mount --bind '{other}' '{pages}'")
        ran = refused(alone, "--edition", "full", "--scheduler", alone.address)
    assert ran.code == 3
    assert ran.err.splitlines()[-1].startswith("tearline: the cluster failed: this machine has tearline's code ")
    assert ran.err.splitlines()[-1].endswith(", and a worker has not; both have to be the same program")


def test_workers_that_hang_or_are_not_there_and_a_scheduler_that_goes_are_given_up(
    there: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ours, "STALL", 2)
    monkeypatch.setattr(ours, "WORKERS", 2)
    with cluster(tmp_path / "cluster", there.hidden) as alone:
        where = clusters([alone.address], ["full"], alone.environment)["full"]
        with pytest.raises(ClusterError, match="it has no workers"):
            ours.ClusterExecutor(where)
        monkeypatch.setattr(ours, "WORKERS", 60)
        stopped = alone.worker("slow")
        with ours.ClusterExecutor(where) as executor:
            assert executor.submit(attrgetter("names"), SHARED).result(timeout=60) == ["a.md"]
            with pytest.raises(RuntimeError, match="AttributeError"):
                executor.submit(attrgetter("nothing"), SHARED).result(timeout=60)
            with pytest.raises(ClusterError, match="no page"):
                executor.submit(attrgetter("context"), SHARED).result(timeout=60)
            stopped.send_signal(signal.SIGSTOP)
            with pytest.raises(ClusterError, match="nothing came from it for 2 seconds"):
                executor.submit(attrgetter("names"), SHARED).result(timeout=60)
            late = executor.submit(attrgetter("names"), SHARED)
            alone.processes[0].kill()
            with pytest.raises(ClusterError, match="the connection to it was lost"):
                late.result(timeout=60)
    assert capfd.readouterr().err.splitlines() == ["CancelledError: "], "Dask keeps its logs to itself"


# --- what is typed ----------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    for edition in ("eoc", "full"):
        (tmp_path / edition).mkdir()
        for name in ("ca", "cert", "key"):
            (tmp_path / edition / name).write_text("x")
    return {f"TEARLINE_CLUSTER_{name.upper()}": str(tmp_path / "{edition}" / name) for name in ("ca", "cert", "key")}


def test_an_address_is_of_all_editions_or_of_one_and_files_may_be_too(files: dict[str, str], tmp_path: Path) -> None:
    both = clusters(["tls://a:1"], ["eoc", "full"], files)
    assert {name: (one.address, one.key) for name, one in both.items()} == {
        name: ("tls://a:1", tmp_path / name / "key") for name in ("eoc", "full")
    }
    two = clusters(["eoc=tls://[::1]:1", "full=tls://b.example.org:2"], ["eoc", "full"], files)
    assert [one.address for one in two.values()] == ["tls://[::1]:1", "tls://b.example.org:2"]
    assert list(clusters(["eoc=tls://a:1"], ["eoc", "full"], files)) == ["eoc"]
    assert clusters([], ["eoc"], {}) == {}
    assert told_of({**os.environ, **two["eoc"].told()}) == two["eoc"]
    assert told_of(files) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["tcp://127.0.0.1:8786"], "over TLS or not at all"),
        (["127.0.0.1:8786"], "tls://host:port"),
        (["tls://a"], "tls://host:port"),
        (["tls://a:1/x"], "tls://host:port"),
        (["other=tls://a:1"], "not rendered; these are: eoc, full"),
        (["eoc=tls://a:1", "eoc=tls://b:1"], "two schedulers for the edition eoc"),
        (["eoc=tls://a:1", "tls://b:1"], "two schedulers for the edition eoc"),
    ],
)
def test_what_is_no_address_of_a_cluster_is_refused(typed: list[str], said: str, files: dict[str, str]) -> None:
    with pytest.raises(ClusterError, match=said):
        clusters(typed, ["eoc", "full"], files)


def test_files_that_are_missing_are_said(files: dict[str, str]) -> None:
    with pytest.raises(ClusterError, match="needs TEARLINE_CLUSTER_CA, TEARLINE_CLUSTER_CERT, TEARLINE_CLUSTER_KEY"):
        clusters(["tls://a:1"], ["eoc"], {})
    with pytest.raises(ClusterError, match="TEARLINE_CLUSTER_KEY names no file that can be read for the edition eoc"):
        clusters(["tls://a:1"], ["eoc"], files | {"TEARLINE_CLUSTER_KEY": "/nowhere"})


def test_a_machine_without_dask_is_told_what_to_install(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedulers, "find_spec", lambda _: None)
    assert clusters([], ["eoc"], files) == {}
    with pytest.raises(ClusterError, match=r"pip install 'tearline\[cluster\]'"):
        clusters(["tls://a:1"], ["eoc"], files)


def test_plain_text_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    make_site(tmp_path / "site", {})
    ran = tearline("build", "--scheduler", "tcp://127.0.0.1:8786", cwd=tmp_path / "site")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert not list((tmp_path / "site").glob("site-*"))


def test_an_edition_that_is_not_rendered_has_no_cluster(tmp_path: Path, files: dict[str, str]) -> None:
    make_site(tmp_path / "site", {})
    ran = tearline("build", "--edition", "full", "--scheduler", "eoc=tls://a:1", cwd=tmp_path / "site", **files)
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert "these are: full" in ran.err


# --- what workers say -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["mkdocs 1.5\nand more", "<b>words</b>", "x" * 200])
def test_what_a_worker_says_of_itself_is_shown_only_where_it_is_a_name_and_a_version(line: str) -> None:
    lines = [*ingredients(), line]
    with pytest.raises(ClusterError) as failed:
        ours._read(worker.OTHER + "\n".join(lines).encode(), b"")
    assert "words" not in str(failed.value)
    assert len(str(failed.value).splitlines()) == 1


def test_an_answer_to_something_else_is_refused() -> None:
    with pytest.raises(ClusterError, match="not asked"):
        ours._read(worker.DONE + worker.asked("full", b"call"), worker.asked("eoc", b"call"))
