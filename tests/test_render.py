"""The renderer: a process of its own, in an environment of its own, that can be stopped."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sites import NOW
from tearline import render
from tearline.render import RenderError, Rendering, build_epoch, build_moment, prune, start_rendering, theme_files
from tearline.render.schedulers import Cluster


def started(root: Path, monkeypatch: pytest.MonkeyPatch, code: str, on: Cluster | None = None) -> Rendering:
    monkeypatch.setattr(render, "_COMMAND", ("-P", "-s", "-B", "-c", code))
    (root / "stage").mkdir()
    lock = os.open(root, os.O_RDONLY)
    try:
        return start_rendering(root / "stage", root / "site", root / "log", NOW, lock, None, on)
    finally:
        os.close(lock)


def test_it_knows_the_stage_and_nothing_of_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/root")
    monkeypatch.setenv("SECRET_KEY", "x")
    code = "import os; print(os.getcwd()); print(sorted(os.environ)); print(hash('a') == hash('a')); print(os.environ['PYTHONHASHSEED'])"
    rendering = started(tmp_path, monkeypatch, code)
    (tmp_path / "site").mkdir()
    cwd, environment, *_, seed = rendering.finish().splitlines()
    assert cwd == str(tmp_path / "stage")
    assert set(eval(environment)) <= {  # noqa: S307 - our own list of names
        *("LC_ALL", "LC_CTYPE", "NO_MKDOCS_2_WARNING", "PATH", "PYTHONHASHSEED", "SOURCE_DATE_EPOCH")
    }
    assert seed == "0"


def test_one_that_has_a_cluster_is_told_of_it_and_of_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/root")
    cluster = Cluster("tls://a:1", *(tmp_path / name for name in ("ca", "cert", "key")))
    code = "import os; print(sorted(os.environ)); print(os.environ['TEARLINE_CLUSTER_KEY'], os.environ['DASK_CONFIG'])"
    rendering = started(tmp_path, monkeypatch, code, cluster)
    (tmp_path / "site").mkdir()
    environment, told = rendering.finish().splitlines()
    assert set(eval(environment)) <= {  # noqa: S307 - our own list of names
        *("LC_ALL", "LC_CTYPE", "NO_MKDOCS_2_WARNING", "PATH", "PYTHONHASHSEED", "SOURCE_DATE_EPOCH"),
        *(f"TEARLINE_CLUSTER_{name}" for name in ("ADDRESS", "CA", "CERT", "KEY")),
        *("DASK_CONFIG", "DASK_ROOT_CONFIG"),
    }
    assert told == f"{tmp_path / 'key'} /dev/null"


def test_what_a_cluster_cannot_do_is_the_last_line_of_the_log_and_all_that_is_shown_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"print('the words'); print('it has no workers'); raise SystemExit({render.UNREACHED})"
    with pytest.raises(RenderError) as failed:
        started(tmp_path, monkeypatch, code).finish()
    assert str(failed.value) == "the cluster failed: it has no workers"


def test_python_hashes_alike_in_every_renderer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    for name in ("a", "b"):
        (tmp_path / name / "site").mkdir(parents=True)
        said.append(started(tmp_path / name, monkeypatch, "print(hash('words'))").finish())
    assert said[0] == said[1]


def test_a_failure_says_why_and_keeps_the_log_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RenderError, match="exit code 4") as failed:
        started(tmp_path, monkeypatch, "print('the words'); raise SystemExit(4)").finish()
    assert "words" not in str(failed.value)
    assert failed.value.log


def test_one_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "TIME_LIMIT", 0.2)
    rendering = started(tmp_path, monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(RenderError, match="too long"):
        rendering.finish()
    assert rendering.process.poll() is not None


def test_one_that_is_not_wanted_any_more_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendering = started(tmp_path, monkeypatch, "import time; time.sleep(60)")
    rendering.stop()
    rendering.stop()
    assert rendering.process.returncode == -9


def test_unused_theme_files_go_and_the_sites_own_stay(tmp_path: Path) -> None:
    theme = theme_files()
    assert theme is not None
    for name in ("assets/images/favicon.png", "assets/javascripts/lunr/tinyseg.js", "assets/0123.png"):
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    own = tmp_path / "own" / "assets" / "images"
    own.mkdir(parents=True)
    prune(tmp_path / "site", tmp_path / "own")
    left = {path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*")}
    assert left == {"assets", "assets/0123.png"}
    (tmp_path / "site" / "assets" / "images").mkdir()
    (tmp_path / "site" / "assets" / "images" / "favicon.png").write_bytes(b"mine")
    (own / "favicon.png").write_bytes(b"mine")
    prune(tmp_path / "site", tmp_path / "own")
    assert (tmp_path / "site" / "assets" / "images" / "favicon.png").exists()


def test_the_moment_of_a_build_is_given_or_now() -> None:
    assert build_moment({"SOURCE_DATE_EPOCH": "0"}) == datetime(1970, 1, 1, tzinfo=UTC)
    assert abs(build_moment({}).timestamp() - time.time()) < 60
    for wrong in ("", "soon", "1e9", "9" * 40, "-5", "253402300799", "4294967296"):
        with pytest.raises(ValueError, match="SOURCE_DATE_EPOCH"):
            build_moment({"SOURCE_DATE_EPOCH": wrong})


def test_pages_that_were_there_before_are_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendering = started(tmp_path, monkeypatch, "")
    (tmp_path / "site/2026/ib-2026-001").mkdir(parents=True)
    rendering.finish()
    assert rendering.bulletins == 0
    for said, bulletins in ((b"", 0), (b"  ", 0), (b"      12", 12)):
        (tmp_path / "done").write_bytes(said)
        assert rendering.bulletins == bulletins


def test_pages_carry_the_day_of_the_build() -> None:
    assert build_epoch(NOW) == int(datetime(2026, 11, 23, tzinfo=UTC).timestamp())
