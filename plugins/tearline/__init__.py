"""Tearline: one marked source, one site per audience.

    bulletins/*.md -parse> Source -mark> Marked -release(policy)> Released -emit> staged tree -render> site -verify> swap
                   (lossless)    (effective     (assembled: only     (canonical    (MkDocs, own   (reads the
                                  marks, why)    what ships)          Markdown)     process)       built bytes)

Two promises hold the design together:

* Release is assembled, never subtracted: the program that renders an edition is given a staged tree that
  already holds released text only.
* What cannot be explained is withheld and reported, and no report ever quotes the words.
"""

__version__ = "0.1.0"
