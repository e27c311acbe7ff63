"""Tearline: one marked source, one site per audience.

    bulletins/*.md -parse> Source -mark> Marked -release(policy)> Released -emit> staged tree
                   (lossless)    (effective     (assembled: only     (canonical    |
                                  marks, why)    what ships)          Markdown)    | render (MkDocs, own process)
                                                                                   v
           swap (whole, at once) <seal- manifest, signed <verify- site (own process: bytes and sources read anew)

Three promises hold the design together:

* Release is assembled, never subtracted: the program that renders an edition is given a staged tree that
  already holds released text only.
* What was built is compared with what was withheld, by a program that shares no code with the first.
* What cannot be explained is withheld and reported, and no report ever quotes the words.
"""

__version__ = "0.1.0"
