#!/usr/bin/env python3
"""Writes the names that Python's `emoji` package has for emoji.

  emoji_names.py OUTPUT

One line each, sorted by the bytes of the emoji: the emoji, a tab, its English
name without colons. scripts/cmake/embed.cmake makes it a part of the program.
"""

import sys

from emoji import EMOJI_DATA

rows = sorted((text.encode(), data["en"].strip(":").encode())
              for text, data in EMOJI_DATA.items())
with open(sys.argv[1], "wb") as output:
    output.writelines(b"%s\t%s\n" % row for row in rows)
