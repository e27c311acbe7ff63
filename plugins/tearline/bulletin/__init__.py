"""Markdown text -> a bulletin or a page: front matter, blocks with inlines, and a finding for all that is wrong."""
