"""The second opinion: built bytes against raw sources, by code that shares nothing with the sanitizer.

    raw sources ─sources─▶ units, withheld or released ─ledger─▶ what must not be said
    mkdocs.yml ─settings─▶ ceiling, pages, addresses                    │
    built site ─channels─▶ texts ─decoding─▶ words ─────────scan────────┴──▶ findings

Nothing of ours but ``findings`` and ``forked`` is imported here: text folding and the reading of marks are written a
second time, more simply and erring on the side of withholding. Where the two readings differ, that is a finding too.
What makes PDFs is run again, in a process of its own, on pages that are verified: a PDF has to be what it makes of its
page.
"""

from __future__ import annotations

from tearline.verify.settings import SettingsError, read_settings
from tearline.verify.verdict import Question, verify

__all__ = ["Question", "SettingsError", "read_settings", "verify"]
