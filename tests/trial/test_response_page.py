"""The parameters that docs/response.md shows are those that a study takes."""

import re

import pytest
import yaml
from project_files import PROJECT

from smmlib.trial.parameters.response_plan import Response

pytestmark = pytest.mark.by_hand

VISITS = [{"id": "best", "label": "Best", "denominator": "analysed"}]


def test_every_block_of_the_page_is_read():
    page = (PROJECT / "docs" / "response.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(block)["response"] for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
    read = [Response.model_validate({"visits": VISITS, **block}) for block in blocks]
    assert [response.criteria for response in read] == ["recorded", "recorded", "recorded", "recist-1.1"]
    assert read[1].resolved_scale.responders_in_words == "complete remission with incomplete recovery or better"
