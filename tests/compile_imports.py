#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""compile_imports.py - what the tests import, but for each other, compiled where PYTHONPYCACHEPREFIX says.

    PYTHONDONTWRITEBYTECODE= compile_imports.py

There each start of an interpreter that writes nothing (-B, PYTHONDONTWRITEBYTECODE) finds them; else it compiles them
anew, which takes longer than most of what the tests do with them.
"""

import contextlib
import glob
import importlib
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
IMPORT = re.compile(r"^\s*(?:from ([\w.]+) import|import ([\w., ]+?)(?: as \w+)?)(?:;.*)?$", re.M)


def imported(text):
    """Names of modules, of programs of Python within scripts in shell, too."""
    for module, modules in IMPORT.findall(text):
        yield from [module] if module else re.split(r"[ ,]+", modules)


def main():
    names = set()
    for path in glob.glob(HERE + "/*.py") + glob.glob(HERE + "/*.t") + [HERE + "/tap.sh"]:
        with open(path, encoding="utf-8") as file:
            names.update(imported(file.read()))
    for name in sorted(names):
        if not os.path.exists("%s/%s.py" % (HERE, name)):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)


main()
