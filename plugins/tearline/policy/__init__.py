"""The site's policy: which marks which edition may see, and all else that ``mkdocs.yml`` says.

places.py     YAML text -> values, each with its line and column
schema.py     the keys there are and the form of their values
allowed.py    the tables of MkDocs plugins, Markdown extensions and theme features
checks.py     what the values have to mean together
load.py       the file -> Policy, or every fault of it at once
model.py      Policy, Edition, Vocabulary
generated.py  Policy -> the configuration that the renderer is given
"""

from __future__ import annotations

from tearline.policy.checks import FULL_SIDE
from tearline.policy.generated import configuration, configuration_text, extensions
from tearline.policy.load import load_policy
from tearline.policy.model import Edition, Policy, Signing, Vocabulary, glob_pattern, slug
from tearline.policy.places import PythonName

__all__ = [
    "FULL_SIDE",
    "Edition",
    "Policy",
    "PythonName",
    "Signing",
    "Vocabulary",
    "configuration",
    "configuration_text",
    "extensions",
    "glob_pattern",
    "load_policy",
    "slug",
]
