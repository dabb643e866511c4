"""JSON schema of a parameters file, with which an editor completes and checks it.

`python -m smmlib.trial.parameters.schema > params/schema.json` publishes it.
"""

import json

from smmlib.trial.parameters.study import Study


def json_schema():
    """The schema of `Study`, as a dict.

    Returns
    -------
    dict
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Study.model_json_schema()}


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=2))
