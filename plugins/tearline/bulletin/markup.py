"""Raw HTML: what is a tag, and what is merely in angle brackets (<name>, a < b)."""

from __future__ import annotations

import re

_TAG = re.compile(r"</?(?P<name>[A-Za-z][\w-]*+)(?P<more>[^<>]{0,2000})>|<!--|<[!?][A-Za-z\[]")
# The elements that HTML has or had. Another name is a placeholder, unless it has attributes.
_ELEMENT = re.compile(
    r"""(?:
        a|abbr|acronym|address|applet|area|article|aside|audio|b|base|basefont|bdi|bdo|bgsound|big|blink|
        blockquote|body|br|button|canvas|caption|center|cite|code|col|colgroup|data|datalist|dd|del|details|dfn|
        dialog|dir|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|frame|frameset|h1|h2|h3|h4|h5|
        h6|head|header|hgroup|hr|html|i|iframe|image|img|input|ins|isindex|kbd|keygen|label|legend|li|link|
        listing|main|map|mark|marquee|math|menu|menuitem|meta|meter|nav|nobr|noembed|noframes|noscript|object|
        ol|optgroup|option|output|p|param|picture|plaintext|portal|pre|progress|q|rb|rp|rt|rtc|ruby|s|samp|
        script|search|section|select|slot|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|
        td|template|textarea|tfoot|th|thead|time|title|tr|track|tt|u|ul|var|video|wbr|xmp
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def html_at(text: str, index: int) -> int:
    """The length of the tag, comment or declaration that begins at ``index``; 0 where there is none."""
    match = _TAG.match(text, index)
    if match is None:
        return 0
    known = match["name"] is None or _ELEMENT.fullmatch(match["name"]) or "=" in match["more"]
    return match.end() - index if known else 0
