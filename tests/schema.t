#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What --json prints is as schema/*.json say, and as mptcp-json(5) says.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
# The forms are looked at, not the numbers: what an earlier run read will do.
XDG_CACHE_HOME=$BUILD/tests/cache
mkdir -p "$XDG_CACHE_HOME"
export BUILD XDG_CACHE_HOME
python3 tests/schema.py check
