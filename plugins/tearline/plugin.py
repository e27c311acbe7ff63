"""MkDocs hooks: ``mkdocs build`` and ``mkdocs serve`` give one edition, from the same stage as ``tearline build``.

A preview never publishes: its site lies in ``<site_dir>/<edition>``, no manifest is written, and deploying is refused.
"""

from __future__ import annotations

import logging
import os
import signal
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any, Literal, NoReturn

from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority

from tearline.build import refuse_overlap
from tearline.commit import private_folder
from tearline.corpus import read_corpus
from tearline.findings import Severity, in_order, refuses
from tearline.policy import Edition, Policy, extensions, load_policy
from tearline.proof import Renderer
from tearline.render import build_epoch, build_moment, prune
from tearline.stage import Drafting, compose, write
from tearline.swap import TargetError

LOG = logging.getLogger("mkdocs.plugins.tearline")
_LEVELS = {Severity.ERROR: logging.ERROR, Severity.WARNING: logging.WARNING, Severity.NOTE: logging.INFO}
# What MkDocs keeps of its own configuration; all else comes from the stage's.
_KEPT = frozenset({"plugins", "config_file_path", "site_dir", "dev_addr", "watch", "strict"})


class TearlinePlugin(BasePlugin):  # type: ignore[type-arg,no-untyped-call]  # the options are the policy's to read
    """Swaps the sources for a staged tree before any other plugin has looked at them."""

    def __init__(self) -> None:
        self.environment = dict(os.environ)  # as it was: a build changes it for the renderer
        self.folders = ExitStack()
        self.serving = False
        self.stage: Path | None = None
        self.policy: Policy | None = None

    def load_config(self, options: Any, config_file_path: str | None = None) -> tuple[list[Any], list[Any]]:  # noqa: ARG002
        """Take the options as they are: the policy validates them, all faults at once, with their places."""
        self.config = options
        return [], []

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Refuse what would publish a preview or keep stale pages."""
        if command == "gh-deploy":
            raise PluginError("tearline: a preview is never deployed; use `tearline build`")
        if dirty:
            raise PluginError("tearline: --dirty would keep pages that are gone; build without it")
        self.serving = command == "serve"
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, _stopped)

    @event_priority(1000)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Stage the edition and give MkDocs the stage's configuration. Whatever goes wrong is one readable message."""
        try:
            return self.staged(config)
        except PluginError:
            raise
        except (TargetError, ValueError) as error:
            raise PluginError(f"tearline: {error}") from None
        except OSError as error:
            raise PluginError(f"tearline: {error.filename or '?'}: {error.strerror or 'cannot be used'}") from None

    def staged(self, config: MkDocsConfig) -> MkDocsConfig:
        """MkDocs's configuration, made the stage's."""
        policy, found = load_policy(Path(config.config_file_path), self.environment)
        if policy is None:
            raise PluginError("\n".join(["tearline: the configuration is refused", *map(str, found)]))
        self.policy = policy
        edition = policy.editions[policy.edition]
        if not self.serving:  # which has a folder of its own, and serves what is at its top
            config["site_dir"] = str(_preview(policy, edition, Path(config.site_dir)))
        moment = build_moment(self.environment)
        os.environ["SOURCE_DATE_EPOCH"] = str(build_epoch(moment))
        renderer = Renderer(extensions(policy))
        corpus = read_corpus(policy, draft=Drafting(renderer))
        trees = compose(corpus, policy, moment, renderer)
        findings = in_order([*corpus.findings, *(one for tree in trees.values() for one in tree.findings)])
        for one in findings:
            LOG.log(logging.ERROR if refuses([one], strict=config.strict) else _LEVELS[one.severity], "%s", one)
        if refuses(findings, strict=config.strict):  # MkDocs would not count what --quiet keeps it from saying
            raise PluginError("tearline: the sources are refused; nothing was built")
        self.folders.close()
        self.stage = self.folders.enter_context(private_folder(Path(tempfile.gettempdir()))).path / "stage"
        write(trees[edition.name], self.stage)
        generated = load_config(str(self.stage / "mkdocs.yml"))
        for key in generated:
            if key not in _KEPT and not (self.serving and key == "site_url"):
                config[key] = generated[key]
        return config

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, **_: Any) -> LiveReloadServer:
        """Watch what the stage was made from, not the stage: a new one is no change."""
        server.unwatch(config.docs_dir)
        if self.policy is not None:
            server.watch(str(self.policy.sources))
            server.watch(str(self.policy.custom_dir))
        return server

    @event_priority(-1000)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Leave out the theme's unused files, as ``tearline build`` does."""
        if self.stage is not None:
            prune(Path(config.site_dir), self.stage / "theme")

    def on_shutdown(self) -> None:
        """The stage goes with the process."""
        self.folders.close()
        os.environ.pop("SOURCE_DATE_EPOCH", None)
        if "SOURCE_DATE_EPOCH" in self.environment:
            os.environ["SOURCE_DATE_EPOCH"] = self.environment["SOURCE_DATE_EPOCH"]


def _preview(policy: Policy, edition: Edition, site: Path) -> Path:
    """Where a preview goes. MkDocs empties that folder: it is never a published site, nor anything we read."""
    target = site / edition.name
    published = {f"site-{name}" for name in policy.editions}
    if published & set(target.parts):
        raise PluginError("tearline: this folder is for what `tearline build` publishes; name another with -d")
    refuse_overlap(policy, target)
    return target


def _stopped(_signal: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM ends a preview as Ctrl-C does: temporary folders go."""
    raise KeyboardInterrupt
