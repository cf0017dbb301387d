# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests in Python say: TAP, one line for each, and why it failed."""

import sys

LINES = 60  # of reasons, at most


class Tap:
    def __init__(self):
        self.count = 0

    def say(self, good, name, why=()):
        """why: a line for each thing that is wrong; or a text."""
        self.count += 1
        print("%s %d - %s" % ("ok" if good else "not ok", self.count, name))
        for line in list(why.splitlines() if isinstance(why, str) else why)[:LINES]:
            print("# " + line)
        sys.stdout.flush()

    def judge(self, name, wrong=()):
        """Good where nothing is wrong: a line for each thing that is."""
        wrong = list(wrong)
        self.say(not wrong, name, wrong)

    def skip(self, name, reason):
        self.count += 1
        print("ok %d - %s # SKIP %s" % (self.count, name, reason))
