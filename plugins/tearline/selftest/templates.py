"""Documents that hold every kind of withheld place, as an analyst would write them.

``H`` is a mark that the edition withholds, another one each time; ``L`` is one that it sees. ``{place}`` is a canary,
``{place|word}`` one of a single word, ``{place|name}`` one of letters only, ``{place!}`` one that no edition publishes;
``{place#1}`` is the same canary wherever it stands. What begins with "Self-test" is released.
"""

from __future__ import annotations

from typing import Final

MIXED: Final = """\
title: "(H) {title}"
title_released: "(L) Self-test title"
summary: "(H) {summary}"
summary_released: "(L) Self-test summary"
area: "(H) {area}"
action: "(H) {action}"
contact: "(H) {contact}"
hazards: [{marking: H, value: {hazard|word}}]
regions: [{marking: H, value: {region|word}}]
revised:
  - {at: 2020-01-02, change: "(H) {revision}"}
assets:
  - {file: {file name of a picture#1|word!}.png, marking: L, caption: "(H) {caption}"}
  - {file: {file name of a picture#2|word!}.jpg, marking: L, source: "(H) {source of a picture}"}
  - {file: {file name of a picture#3|word!}.png, marking: H, alt: "(L) {alt of a withheld picture|name}"}
---

(L) Self-test opens.

(H) {paragraph}

(H) {wrapped paragraph}
and {second line of a paragraph}

(H) {words before a stand-in}

!!! tearline
    (L) Self-test stands in.

<!-- {comment!} -->

```text title="(H) {title of a code block}"
{code block}
```

> (H) {quote}
>
> (L) Self-test quotes.

- (L) Self-test item
    - (H) {nested item}
- (H) {item}
    - (L) {low item below a high one}
    - U {unmarked item below a high one}

(L) Self-test steps follow.

1. (L) Self-test step
2. (H) {numbered item}

    (L) {second paragraph of an item}

(H) {lead-in}:

- U {bullet after a lead-in}

(L) Self-test tables follow.

| (L) Self-test | (H) {head of a column} | Self-test third |
|---|---|---|
| (L) Self-test row | {cell of a column} | (H) {cell} |
| (H) {head of a row} | {cell of a row and a column} | {cell of a row} |

| (H) {head of a table} |
|---|
| (L) {cell of a table} |

## (H) {heading}

(L) {paragraph of a section}

### (L) {heading in a section}

## (L) Self-test goes on

!!! warning "(H) {title of an admonition}"
    (L) {body of an admonition}

??? note "(L) Self-test folded"
    (L) Self-test inside

    (H) {paragraph in a folded box}

=== "(H) {title of a tab}"
    (L) {body of a tab}

=== "(L) Self-test tab"
    (H) {paragraph of a tab}

(H) See [{words of a link}](https://example.org/{address of a link|word} "{title of a link}").

(H) **{bold words|name}** and `{code}`

(L) ![Self-test picture]({file name of a picture#1|word!}.png)

(L) ![Self-test photograph]({file name of a picture#2|word!}.jpg)

(H) ![{text of a picture|name}]({file name of a picture#3|word!}.png)

(H) {words with a note}[^{label of a note#1|word!}]

(L) Self-test ends[^{label of a note#2|word!}] here.

[^{label of a note#1|word!}]: (L) {note of withheld words}

[^{label of a note#2|word!}]: (H) {note}
"""

INLINE: Final = """\

(L) Self-test names [{inline portion}](H) here, and [{replaced words}](H "somebody") too.
"""

WITHHELD: Final = """\
title: "(L) {title of a withheld bulletin}"
summary: "(L) {summary of a withheld bulletin}"
---

(H) {withheld bulletin}
"""

DRAFT: Final = """\
title: "(L) {title of a draft!}"
draft: true
---

(L) {draft!}
"""

RECALLED: Final = """\
title: "(L) {title of a recalled bulletin!}"
recalled: 2020-01-02
---

(L) {recalled bulletin!}
"""

REFUSED: Final = """\
title: "(L) Self-test refused"
---

{refused document!} has no mark.
"""

COMPILATION: Final = """\
title: "(L) Self-test compilation"
marking: H
compilation_reason: "(H) {reason of a compilation}"
---

(L) {paragraph of a compilation}
"""

OTHER: Final = """\
title: "(L) Self-test bulletin"
contact: "(L) Self-test desk"
---

(L) Nothing but a test.

(H) {other marking system}

(H) {other marking system}
"""

PAGE: Final = """\
---
title: {title of a withheld page|name}
marking: H
---

{withheld page}
"""
