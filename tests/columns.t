#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Pages and schemas say of the columns what their tables say.

cd "$(dirname "$0")/.." || exit 1
export BUILD
python3 -B tests/columns.py check
