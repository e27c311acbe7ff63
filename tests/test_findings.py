"""Findings: one table, one order, and every form says the same."""

from __future__ import annotations

import json

import pytest

from tearline.findings import REPORTS, RULES, Place, Severity, finding, in_order, refuses, report

FOUND = [
    finding("alias-mark", Place("b.md", 3, 1), "(U)", portion="IB-2026-001 ¶2", width=3),
    finding("unmarked-portion", Place("a.md", 10, 5)),
    finding("unmarked-portion", Place("a.md", 2, 5)),
    finding("unmarked-portion", Place("a.md", 2, 5)),
]


def test_every_rule_has_its_own_code_and_says_what_and_how() -> None:
    codes = [rule.code for rule in RULES.values()]
    assert len(set(codes)) == len(codes)
    assert sorted(codes) == codes
    for rule in RULES.values():
        assert rule.meaning[0].isupper()
        assert rule.mend[0].isupper()
        assert not (rule.meaning + rule.mend).endswith((".", "?"))


def test_findings_print_once_in_the_order_of_their_places() -> None:
    assert report(FOUND) == (
        "a.md:2:5: TL101 unmarked-portion: This block has no portion mark. "
        "Open it with its mark, for example (U).\n"
        "a.md:10:5: TL101 unmarked-portion: This block has no portion mark. "
        "Open it with its mark, for example (U).\n"
        "b.md:3:1: TL103 alias-mark: This mark is understood but not in its official spelling: (U). "
        "Run `tearline fix`, or write it as shown. [IB-2026-001 ¶2]\n"
    )


def test_a_question_in_a_detail_is_not_followed_by_a_full_stop() -> None:
    found = finding("unknown-key", Place("a.md"), "did you mean draft?")
    assert "draft? Correct" in found.message


@pytest.mark.parametrize("form", sorted(REPORTS))
def test_every_form_names_each_place_and_code(form: str) -> None:
    said = report(FOUND, form)
    for code in ("TL101", "TL103"):
        assert code in said or "unmarked-portion" in said
    assert said.count("a.md") >= 2
    assert report([], form) is not None


def test_machine_forms_are_well_formed() -> None:
    assert [row["line"] for row in json.loads(report(FOUND, "json"))] == [2, 10, 3]
    runs = json.loads(report(FOUND, "sarif"))["runs"]
    assert [one["ruleId"] for one in runs[0]["results"]] == ["TL101", "TL101", "TL103"]
    assert len({row["fingerprint"] for row in json.loads(report(FOUND, "gitlab"))}) == 3
    odd = finding("unmarked-portion", Place("a,b:c%.md", 1, 1))
    assert report([odd], "github").startswith("::error file=a%2Cb%3Ac%25.md,line=1,col=1,")


def test_warnings_refuse_only_when_strict() -> None:
    warning = [one for one in in_order(FOUND) if one.severity is Severity.WARNING]
    assert not refuses(warning)
    assert refuses(warning, strict=True)
    assert refuses(FOUND)
