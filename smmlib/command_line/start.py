"""Imported before all else by `smmlib`: a command answers Ctrl-C and failed imports in words from here on.

Importing the package takes a second, before any command's own code runs. Python says "-m" in `sys.argv` while it looks
for the module of `python -m smmlib...`; a program that only imports `smmlib` is left as it is.
"""

import sys

if sys.argv[:1] == ["-m"]:
    from smmlib.command_line.run import prepare_for_imports

    prepare_for_imports()
