"""What a careful editor says of bulletins that break no rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from sites import NOW, bulletin, corpus_of
from tearline.craft import craft

END = "in_effect_until: 2026-11-24"


@pytest.mark.parametrize(
    ("front", "said"),
    [
        (["priority: urgent"], ["4:TL501"]),
        (["priority: {marking: U//LES, value: urgent}"], ["4:TL501"]),
        (["priority: urgent", END], []),
        (["priority: urgent", "recalled: 2026-11-20"], []),
        (["priority: priority"], []),
        (["date: 2026-11-24"], []),
        (["date: 2026-11-24 11:00 UTC"], []),
        (["date: 2026-11-24 13:00 UTC"], ["4:TL502"]),
        (["date: 2062-11-23"], ["4:TL502"]),
        (["date: 2026-11-20", 'revised: [{at: 2062-11-23, change: "(U) C."}]'], ["5:TL502"]),
    ],
)
def test_remarks(tmp_path: Path, front: list[str], said: list[str]) -> None:
    corpus = corpus_of(tmp_path, {"a.md": bulletin("IB-2026-001", "(U) W.", *front)})
    found = craft(corpus, NOW)
    assert [f"{one.place.line}:{one.rule.code}" for one in found] == said
    assert not any("urgent" in one.detail or "2062" in one.message for one in found)
