"""One file a kind of place where words can be. Each channel turns bytes into texts, each with a word on where it was.

A new kind of file: write ``channels/<kind>.py`` with a ``read`` function, add its row to ``CHANNELS`` in ``table.py``,
plant a leak in ``tests/test_verify_channels.py`` with its clean twin, name the kind in the documentation.
"""
