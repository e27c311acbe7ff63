"""The configuration that the renderer is given: assembled from what is allowed, never the site's own file.

It says nothing of policy: no releases, notices, vocabulary, sources, or other editions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from tearline.policy.model import Edition, Policy
from tearline.policy.places import PythonName

CHIPS = "tearline.chips"

# A page that is in no navigation, or links that point out of the released tree, are as the stage meant them;
# what the renderer would say of them names documents, so it says nothing.
_QUIET: Mapping[str, Any] = {
    "nav": {"omitted_files": "ignore", "not_found": "warn", "absolute_links": "ignore"},
    "links": {
        "not_found": "warn",
        "anchors": "ignore",
        "absolute_links": "ignore",
        "unrecognized_links": "ignore",
    },
}


def extensions(policy: Policy) -> dict[str, dict[str, Any]]:
    """The Markdown extensions that pages are rendered with, in order, with their options; the chips come last."""
    chosen = {name: dict(policy.extension_configs.get(name, {})) for name in policy.markdown_extensions}
    return {**chosen, CHIPS: {"system": policy.system}}


def configuration(
    policy: Policy, edition: Edition, nav: Sequence[Any], extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The stage's ``mkdocs.yml`` for one edition, with ``PythonName``s for ``configuration_text`` to spell.

    ``nav`` is in MkDocs's form; ``extra`` is what the theme reads as ``config.extra.tearline``.
    """
    return {
        "site_name": edition.site_name,
        **{
            key: value
            for key, value in {
                "site_url": edition.site_url,
                "site_description": policy.site_description,
                "site_author": policy.site_author,
                "copyright": policy.copyright,
            }.items()
            if value
        },
        "docs_dir": "docs",
        "site_dir": "site",
        "theme": {**policy.theme, "name": "material", "custom_dir": "theme", "font": False},
        "use_directory_urls": True,
        "nav": list(nav),
        "not_in_nav": "*",
        "validation": {key: dict(value) for key, value in _QUIET.items()},
        "plugins": list(policy.plugins),
        "markdown_extensions": [{name: options} for name, options in extensions(policy).items()],
        "extra_css": list(policy.extra_css),
        "extra_javascript": list(policy.extra_javascript),
        "extra": {**policy.extra, "generator": False, "tearline": {"edition": edition.name, **(extra or {})}},
    }


def configuration_text(configured: Mapping[str, Any]) -> str:
    """The configuration as YAML, the same bytes for the same values."""
    return yaml.dump(dict(configured), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Dumper(yaml.SafeDumper):
    """Writes Python names as MkDocs reads them, and everything in full where YAML would make an alias."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        return True


def _python_name(dumper: yaml.SafeDumper, name: PythonName) -> yaml.ScalarNode:
    return dumper.represent_scalar(f"tag:yaml.org,2002:python/name:{name.name}", "")


_Dumper.add_representer(PythonName, _python_name)
