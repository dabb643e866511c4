"""Imported before all else by `smmlib`: a command answers Ctrl-C and failed imports in words from here on.

Importing the package takes a second, before any command's own code runs. Python says "-m" in `sys.argv` while it looks
for the module of `python -m smmlib...`, and the name of the installed command; a program that only imports `smmlib` is
left as it is.
"""

import os
import sys

if sys.argv[:1] == ["-m"] or os.path.basename("".join(sys.argv[:1])) in ("smmlib", "smmlib.exe"):
    from smmlib.command_line.run import prepare_for_imports

    prepare_for_imports()
