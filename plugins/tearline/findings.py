"""What Tearline has to say about a source, a policy or a site: data, never exceptions.

A finding names path, line, column, rule and portion. It never quotes source words, because logs are a
distribution channel too: ``detail`` may hold canonical marks, configuration keys of ours and short
upper-case tokens that stood at a mark's place, nothing else.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter


class Severity(enum.Enum):
    """What a finding does: refuse the document, be published with a word, or only inform."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A point in a source. Lines and columns are 1-based; columns count code points."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the code table: a fixed code, name and severity, what it means, and how to mend it."""

    code: str
    name: str
    severity: Severity
    meaning: str
    mend: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken at one place. ``portion`` reads like ``IB-2026-014 ¶6``; ``width`` is for the caret."""

    place: Place
    rule: Rule
    detail: str = ""
    portion: str = ""
    width: int = 1

    @property
    def severity(self) -> Severity:
        """The severity of the finding's rule."""
        return self.rule.severity

    @property
    def message(self) -> str:
        """What is wrong and how to mend it, without any source words."""
        said = f"{self.rule.meaning}: {self.detail}" if self.detail else self.rule.meaning
        where = f" [{self.portion}]" if self.portion else ""
        stop = "" if said.endswith("?") else "."
        return f"{said}{stop} {self.rule.mend}.{where}"

    def __str__(self) -> str:
        return f"{self.place}: {self.rule.code} {self.rule.name}: {self.message}"


def _rules(*rows: tuple[str, str, str, str, str]) -> dict[str, Rule]:
    severities = {"E": Severity.ERROR, "W": Severity.WARNING, "N": Severity.NOTE}
    return {name: Rule(code, name, severities[kind], meaning, mend) for code, name, kind, meaning, mend in rows}


# Every code there is. A rule's name is how the code refers to it: ``RULES["unmarked-portion"]``.
RULES: Mapping[str, Rule] = _rules(
    # TL1xx: marks and documents
    ("TL101", "unmarked-portion", "E", "This block has no portion mark",
     "Open it with its mark, for example (U)"),
    ("TL102", "misplaced-mark", "E", "Something that reads like a mark stands inside a portion",
     "Start a new portion there, or reword it; a mark only ever opens a block"),
    ("TL103", "alias-mark", "W", "This mark is understood but not in its official spelling",
     "Run `tearline fix`, or write it as shown"),
    ("TL104", "unknown-control", "E", "This mark has a token that the marking system does not know",
     "Correct the token; until then the portion is withheld"),
    ("TL105", "classified-mark", "E", "A classified mark stands at a mark's place: a possible spill",
     "Stop, do not forward this file, and call your security officer"),
    ("TL106", "mixed-systems", "E", "Two marking systems stand in one document",
     "Use one system; set `system:` in the front matter"),
    ("TL107", "malformed-mark", "E", "This mark cannot be read",
     "Write level, then controls, separated by //"),
    ("TL108", "basic-only-category", "E", "This category is CUI Basic and has no SP- form",
     "Drop the SP- prefix"),
    ("TL109", "specified-only-category", "E", "This category exists only as CUI Specified",
     "Write it with the SP- prefix"),
    ("TL110", "no-front-matter", "E", "The document has no readable front matter",
     "Begin the file with a line ---, the keys, and a line ---"),
    ("TL111", "front-matter-syntax", "E", "The front matter is not valid YAML",
     "Correct the line; texts with : or # belong in quotes"),
    ("TL112", "duplicate-key", "E", "A front-matter key stands twice", "Keep one of them"),
    ("TL113", "unknown-key", "E", "The front matter has a key that is not known",
     "Correct or remove it; an unknown key could be one that restricts release"),
    ("TL114", "bad-value", "E", "A front-matter value does not have the right form", "Correct the value"),
    ("TL115", "quote-value", "E", "YAML would cut or misread this text", "Put it in quotes, or run `tearline fix`"),
    ("TL116", "yaml-feature", "E", "Front matter may not use comments, anchors, aliases or tags", "Remove it"),
    ("TL117", "missing-key", "E", "A required front-matter key is missing", "Add it"),
    ("TL118", "marking-too-low", "E", "The overall marking is lower than its portions", "Raise `marking:` to the roll-up"),
    ("TL119", "compilation-reason", "E", "The overall marking is higher than its portions and says no reason",
     "Lower it to the roll-up, or add `compilation_reason:`"),
    ("TL120", "not-utf8", "E", "The file is not UTF-8 text", "Save it as UTF-8"),
    ("TL121", "forbidden-character", "E", "A control, bidirectional or zero-width character stands in the text",
     "Delete the character"),
    ("TL122", "too-large", "E", "The file or a line of it is too large", "Split it"),
    ("TL123", "too-deep", "E", "Blocks or inlines are nested too deeply", "Flatten the nesting"),
    ("TL124", "raw-html", "E", "Raw HTML stands in a bulletin", "Use Markdown; write a bare < as &lt;"),
    ("TL125", "setext-heading", "E", "A line of = or - under a text makes an underlined heading",
     "Use # for headings and put a blank line before a rule"),
    ("TL126", "indented-code", "E", "An indented block stands on its own", "Remove the indent, or use a marked fence"),
    ("TL127", "reference-link", "E", "Reference-style links are not read", "Write the address beside the words: [words](address)"),
    ("TL128", "unsupported-markup", "E", "This markup is not part of the marking language", "Write it plainly"),
    ("TL129", "bad-link", "E", "A link's target is not allowed",
     "Link to http(s), mailto, tel, a bulletin id, or a mark"),
    ("TL130", "heading-place", "E", "A heading stands inside another block", "Headings stand at top level only"),
    ("TL131", "title-heading", "E", "A level-one heading does not repeat the title",
     "Make it the same mark and words as `title:`, or use ##"),
    ("TL132", "footnote", "E", "A footnote is undefined, unreferenced or defined twice", "Give each note one definition and at least one reference"),
    ("TL133", "table-shape", "E", "A table's rows do not fit its header", "Give every row outer pipes and as many cells as the header"),
    ("TL134", "tearline-place", "E", "A tearline block cannot stand here",
     "Put it at top level directly after the block it stands in for, without headings"),
    ("TL135", "inline-portion", "E", "An inline portion cannot be withheld cleanly here",
     "Give it a replacement text in quotes, or mark the whole portion"),
    ("TL136", "empty-portion", "E", "A mark stands alone, without words", "Put the words after the mark"),
    ("TL137", "unclosed", "E", "A block is opened and never closed", "Close it"),
    ("TL138", "page-rule", "E", "A page breaks the rules for unmarked documents",
     "Declare `marking:`, keep it in the policy's `pages:` list, and use no portion marks, comments or bulletin keys"),
    ("TL139", "bad-id", "E", "The id does not follow the policy's pattern", "Use the center's product number"),
    ("TL140", "duplicate-id", "E", "Two documents share an id", "Give each its own product number"),
    ("TL141", "repeated-mark", "W", "The portion's own mark is repeated inside it", "Remove the second one"),
    ("TL142", "unlisted-value", "W", "A facet value is not in the policy's vocabulary and is not published",
     "Use a listed value, or add it to the policy"),
    ("TL143", "asset", "E", "An image or attachment is not listed under `assets:`, or cannot be read",
     "List it with its marking, and keep the file beside the bulletin"),
    ("TL144", "not-a-plain-file", "E", "A source is a link, a special file or cannot be read", "Replace it with a plain file"),
    ("TL145", "number-gap", "W", "A typed number will show a gap in some edition", "Let Markdown number the list"),
    ("TL146", "list-partly-marked", "E", "Some items of this list are marked and others are not", "Mark every top item"),
    ("TL147", "path-taken", "E", "Two sources want the same page address", "Rename one of them"),
    ("TL148", "unread-text", "E", "Some lines of this document were not read", "Report it as a bug; the document is withheld"),
    ("TL149", "no-sources", "E", "There is no document below the sources", "Check `sources:` in the configuration"),
    ("TL150", "more-findings", "E", "There are more findings in this document than are listed", "Mend these and check it again"),
    ("TL151", "unclear-nesting", "E", "Markdown readers differ on whether this stands inside the block above it",
     "Indent it to put it inside, or part it with a blank line and begin at the margin"),
    # TL2xx: policy and release
    ("TL201", "policy-syntax", "E", "The site's configuration cannot be read", "Correct it"),
    ("TL202", "policy-value", "E", "The site's configuration has a key or value that is not known", "Correct or remove it"),
    ("TL203", "release-gap", "E", "An edition lists a token without one that it outranks", "List that one too"),
    ("TL204", "release-audience", "E", "An edition lists a control that its audience may not see", "Remove it from `releases:`"),
    ("TL205", "section-withheld", "W", "A withheld heading takes portions with lower marks with it", "Lower the heading's mark if its words allow it"),
    ("TL206", "empty-section", "W", "A released heading has nothing left under it", "Consider a tearline block"),
    ("TL207", "point-to-point", "E", "Somebody else's point-to-point LES is never put on a web edition", "Ask the originator"),
    ("TL208", "tearline-mark", "E", "A tearline block could not be shown to any edition that withholds", "Lower its marks, or remove it"),
    ("TL209", "asset-withheld", "N", "This file type is withheld from sanitized editions", "Offer the content as text or as PNG or JPEG"),
    ("TL210", "emission-mismatch", "E", "The renderer would read this document differently", "Simplify the markup of this portion and report it as a bug"),
    ("TL211", "renderer-extension", "E", "A plugin, extension or key of the site's configuration is not allowed", "Remove it; the allowed ones are in the documentation"),
    ("TL212", "theme-file", "E", "The theme folder has a link, a hidden file or a file of an unknown type", "Remove it: whatever lies there would be published"),
    ("TL213", "sources-changed", "E", "The sources, theme or configuration changed while they were read", "Build again"),
    # TL3xx: leaks
    ("TL301", "mark-above-ceiling", "E", "A built file has a mark above the edition's ceiling", "Nothing was published; report it as a bug"),
    ("TL302", "withheld-words", "E", "A built file has words that were withheld", "Nothing was published; find how they got there"),
    ("TL303", "banner-missing", "E", "A built page lacks its banner", "Restore the templates in the theme's custom_dir"),
    ("TL304", "repetition", "E", "Distinctive withheld words stand in released text too", "Reword the released text, or accept them for this bulletin with `tearline accept`"),
    ("TL305", "unexplained-words", "E", "A built file has words that nothing released explains", "Nothing was published; find how they got there"),
    ("TL306", "readings-disagree", "E", "Two readings of a bulletin do not agree about what is withheld", "Simplify the markup of this portion and report it as a bug"),
    ("TL307", "unexpected-file", "E", "The site has a file that it should not have", "Find out who put it there; build into a fresh folder"),
    ("TL308", "missing-file", "E", "The site lacks a file that it should have", "Build it again"),
    ("TL309", "broken-link", "E", "A link leads to nothing in this site", "Correct the link"),
    ("TL310", "external-load", "E", "A page loads something from elsewhere", "Bring the file into the site, or remove it"),
    ("TL311", "forbidden-link", "E", "A page points to a repository, a local path or another edition", "Remove the link"),
    ("TL312", "file-metadata", "E", "A file carries more than its content", "Rebuild it without metadata"),
    ("TL313", "unreadable-file", "E", "A file cannot be looked into", "Remove it, or publish it in a form that can be read"),
    ("TL314", "verifier-blind", "E", "The verifier cannot vouch for its own reading", "Nothing was published; report it as a bug"),
    ("TL315", "bad-record", "E", "A record of accepted repetitions cannot be used", "Correct the record or its key; the key has 32 bytes or more"),
    ("TL316", "hidden-characters", "E", "A built file has characters that nobody sees", "Nothing was published; find how they got there"),
    # TL4xx: manifest and publish
    ("TL401", "manifest-missing", "E", "There is no manifest", "Build the site, and hand its manifest over with it"),
    ("TL402", "manifest-unreadable", "E", "The manifest is not as it was written", "Build the site again, or fetch the manifest again"),
    ("TL403", "signature-missing", "E", "The manifest is not signed", "Build with a signing key, and hand the .sig file over too"),
    ("TL404", "signature-refused", "E", "The signature is not that of an allowed signer on exactly this manifest",
     "Fetch manifest and signature again; if they are right, check the file of allowed signers"),
    ("TL405", "verdict-refused", "E", "The verifier did not pass this site", "Correct what it found and build again"),
    ("TL406", "wrong-edition", "E", "This is another edition", "Publish each edition to its own place"),
    ("TL407", "stale-manifest", "E", "The manifest is not of the time it should be", "Build again; to go back on purpose, use --rollback"),
    ("TL408", "file-changed", "E", "A file is not the one that was verified", "Build or copy the site again"),
    ("TL409", "file-missing", "E", "A file that was verified is not there", "Build or copy the site again"),
    ("TL410", "file-extra", "E", "Something is there that was not verified", "Remove it, and find how it got there"),
    ("TL411", "site-file-kind", "E", "A site has plain files in plain folders only", "Remove it, and find how it got there"),
    ("TL412", "recalled-since", "E", "Going back would show a bulletin that was recalled since", "Build a new release instead"),
    ("TL413", "no-previous", "E", "There is no earlier release to go back to", "Build a new release instead"),
    # TL5xx: craft
    ("TL501", "urgent-without-end", "W", "This bulletin is urgent and says no end",
     "Add `in_effect_until:`; without it, it counts as urgent for 7 days after its last date"),
    ("TL502", "future-date", "W", "This date is in the future", "Check the year; before its date a bulletin is not in effect"),
)  # fmt: skip


def finding(name: str, place: Place, detail: str = "", *, portion: str = "", width: int = 1) -> Finding:
    """A finding of the rule called ``name``. Raises ``KeyError`` for a name that is not in the table."""
    return Finding(place, RULES[name], detail, portion, width)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, by path, line, column and code."""
    return sorted(set(findings), key=lambda f: (f.place, f.rule.code, f.detail))


def refuses(findings: Iterable[Finding], *, strict: bool = False) -> bool:
    """Whether any finding is an error; with ``strict`` a warning counts as one."""
    grave = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(f.severity in grave for f in findings)


def _as_dict(found: Finding) -> dict[str, object]:
    return {
        "path": found.place.path,
        "line": found.place.line,
        "column": found.place.column,
        "code": found.rule.code,
        "rule": found.rule.name,
        "severity": found.severity.value,
        "portion": found.portion,
        "message": found.message,
    }


def _text(findings: list[Finding]) -> str:
    return "".join(f"{f}\n" for f in findings)


def _json(findings: list[Finding]) -> str:
    return json.dumps([_as_dict(f) for f in findings], indent=2, ensure_ascii=False) + "\n"


def _sarif(findings: list[Finding]) -> str:
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
    rules = sorted({f.rule for f in findings}, key=attrgetter("code"))
    run = {
        "tool": {
            "driver": {
                "name": "tearline",
                "rules": [{"id": r.code, "name": r.name, "shortDescription": {"text": r.meaning}} for r in rules],
            }
        },
        "results": [
            {
                "ruleId": f.rule.code,
                "level": levels[f.severity],
                "message": {"text": f.message},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": f.place.path},
                            "region": {"startLine": f.place.line, "startColumn": f.place.column},
                        }
                    }
                ],
            }
            for f in findings
        ],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _github(findings: list[Finding]) -> str:
    kinds = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}

    def escaped(text: str, more: str = "") -> str:
        for char in "%\r\n" + more:
            text = text.replace(char, f"%{ord(char):02X}")
        return text

    return "".join(
        f"::{kinds[f.severity]} file={escaped(f.place.path, ',:')},line={f.place.line},col={f.place.column},"
        f"title={f.rule.code} {f.rule.name}::{escaped(f.message)}\n"
        for f in findings
    )


def _gitlab(findings: list[Finding]) -> str:
    grades = {Severity.ERROR: "blocker", Severity.WARNING: "minor", Severity.NOTE: "info"}
    rows = [
        {
            "description": f"{f.rule.code} {f.rule.name}: {f.message}",
            "check_name": f.rule.name,
            "fingerprint": f"{f.rule.code}:{f.place}",
            "severity": grades[f.severity],
            "location": {"path": f.place.path, "lines": {"begin": f.place.line}},
        }
        for f in findings
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


REPORTS: Mapping[str, Callable[[list[Finding]], str]] = {
    "text": _text,
    "json": _json,
    "sarif": _sarif,
    "github": _github,
    "gitlab": _gitlab,
}


def report(findings: Iterable[Finding], form: str = "text") -> str:
    """All findings, each once and in order, in one of the forms of ``REPORTS``."""
    return REPORTS[form](in_order(findings))
