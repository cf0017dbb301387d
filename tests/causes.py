# SPDX-License-Identifier: GPL-3.0-or-later
"""The causes of verdicts, as lib/check/cause.c has them: no other test names them all."""
import functools
import os
import subprocess

from tap import BUILD


@functools.lru_cache
def known_causes():
    """{question: [word]}, in order."""
    said = subprocess.run([os.path.join(BUILD, "mptcp-check"), "--list-causes"], capture_output=True, text=True,
                          check=True).stdout
    found = {}
    for question, word in map(str.split, said.splitlines()):
        found.setdefault(question, []).append(word)
    return found


def words_of(question):
    """What a verdict can name: its cause, or another one that is possible."""
    return set(known_causes()[question]) | {"not_captured"}
