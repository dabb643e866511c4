"""JSON schema of a parameters file, with which an editor completes and checks it."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from smmlib.plain_text import say
from smmlib.trial.parameters.study import Study


def json_schema() -> dict[str, Any]:
    """The schema of `Study`, as a dict.

    Returns
    -------
    dict
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Study.model_json_schema()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the schema; the project keeps it as `params/schema.json`."""
    argparse.ArgumentParser(prog="smmlib schema", description="Print the JSON schema of parameters files.").parse_args(
        arguments
    )
    say(json.dumps(json_schema(), indent=2), sys.stdout)
    return 0
