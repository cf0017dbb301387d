#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands say of every capture in ../shared, where that is, against the second computation (every_capture.py);
apart from reference.t, as both take long. They are read natively (readers.t compares the rows with tshark's).
"""

from every_capture import attempt_all
from tap import SHARED, Tap, captures, need_tshark, read_natively, seen_once

need_tshark()
read_natively()
tap = Tap()
attempt_all(tap, SHARED, seen_once(captures(SHARED)))
tap.finish()
