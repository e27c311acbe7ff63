"""What feedparser makes of the feeds that are named, as JSON. Run with a Python that has it (see ``test_feeds``)."""

import json
import sys

import feedparser  # Debian's: what it needs in its turn has no wheel, so it is in no lock of ours

for name in sys.argv[1:]:
    with open(name, "rb") as file:  # noqa: PTH123 - an old Python's, too
        read = feedparser.parse(file.read(), sanitize_html=False)
    print(  # noqa: T201 - its answer
        json.dumps(
            {
                "bozo": bool(read.bozo),
                "version": read.version,
                "feed": {key: read.feed.get(key) for key in ("id", "title", "subtitle", "updated_parsed")},
                "entries": [
                    {
                        "id": one.get("id"),
                        "link": one.get("link"),
                        "title": one.get("title"),
                        "summary": one.get("summary"),
                        "content": [each.value for each in one.get("content", [])],
                        "tags": [each.label for each in one.get("tags", [])],
                        "published": one.get("published_parsed"),
                        "updated": one.get("updated_parsed"),
                    }
                    for one in read.entries
                ],
            }
        )
    )
