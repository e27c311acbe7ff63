"""MkDocs hooks: ``mkdocs build`` and ``mkdocs serve`` give one edition, from the same stage as ``tearline build``.

A preview never publishes: its site lies in ``<site_dir>/<edition>``, no manifest is written, and deploying is refused.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Literal

from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority

from tearline.corpus import read_corpus
from tearline.findings import Severity, in_order, refuses
from tearline.policy import Policy, load_policy
from tearline.render import build_epoch, build_moment, prune
from tearline.stage import stage

LOG = logging.getLogger("mkdocs.plugins.tearline")
_LEVELS = {Severity.ERROR: logging.ERROR, Severity.WARNING: logging.WARNING, Severity.NOTE: logging.INFO}
# What MkDocs keeps of its own configuration; all else comes from the stage's.
_KEPT = frozenset({"plugins", "config_file_path", "site_dir", "dev_addr", "watch", "strict"})


class TearlinePlugin(BasePlugin):  # type: ignore[type-arg,no-untyped-call]  # the options are the policy's to read
    """Swaps the sources for a staged tree before any other plugin has looked at them."""

    def __init__(self) -> None:
        self.folder: Path | None = None
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

    @event_priority(1000)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Stage the edition and give MkDocs the stage's configuration."""
        policy, found = load_policy(Path(config.config_file_path), os.environ)
        if policy is None:
            raise PluginError("\n".join(["tearline: the configuration is refused", *map(str, found)]))
        self.policy = policy
        edition = policy.editions[policy.edition]
        moment = build_moment(os.environ)
        os.environ["SOURCE_DATE_EPOCH"] = str(build_epoch(moment))
        staged = stage(corpus := read_corpus(policy), policy, edition, self._fresh_folder(), moment)
        findings = in_order([*corpus.findings, *staged.findings])
        for one in findings:
            LOG.log(_LEVELS[one.severity], "%s", one)
        if refuses(findings):
            raise PluginError("tearline: the sources are refused; nothing was built")
        generated = load_config(str(staged.path / "mkdocs.yml"))
        for key in generated:
            if key not in _KEPT:
                config[key] = generated[key]
        config["site_dir"] = str(Path(config.site_dir) / edition.name)
        return config

    def on_serve(self, server: LiveReloadServer, **_: Any) -> LiveReloadServer:
        """Watch what the stage was made from."""
        if self.policy is not None:
            server.watch(str(self.policy.sources))
            server.watch(str(self.policy.custom_dir))
        return server

    @event_priority(-1000)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Leave out the theme's unused files, as ``tearline build`` does."""
        prune(Path(config.site_dir))

    def on_shutdown(self) -> None:
        """The stage goes with the process."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _fresh_folder(self) -> Path:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = Path(tempfile.mkdtemp(prefix="tearline-preview-"))
        return self.folder
