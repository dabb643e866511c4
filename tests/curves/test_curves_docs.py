"""What docs/from-curves.md shows is read as it stands."""

import re

import pytest
import yaml
from project_files import PROJECT

from smmlib.trial.parameters.data_files import Data
from smmlib.trial.parameters.study import read_study

pytestmark = pytest.mark.by_hand

PAGE = PROJECT / "docs" / "from-curves.md"
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_swap_of_quiredex_is_a_whole_study(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(BLOCKS[1], encoding="utf-8")
    for name in ("ttp-rd", "ttp-observation", "os-rd", "os-observation"):
        (tmp_path / f"{name}.csv").write_text("time,survival\n0,1\n", encoding="utf-8")
    study = read_study(file, with_files=False)
    assert study.data.origin == "reconstructed"
    assert list(study.endpoints) == list(study.data.curves) == ["ttp", "os"]


def test_the_short_example_is_read():
    data = Data.model_validate(yaml.safe_load(BLOCKS[0])["data"] | {"subjects": "made-from-them.csv"})
    new = data.curves["os"]["new"]
    assert (new.points, new.patients, new.events) == ("os-new.csv", 40, 12)
    assert (new.at_risk.times, new.at_risk.patients) == ([0, 12, 24], [40, 31, 18])
