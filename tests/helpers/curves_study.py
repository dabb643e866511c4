"""A small study whose patients are reconstructed from curves, in a folder of its own."""

STUDY = """\
study: drawn
title: Drawn
trial: Two arms of four patients
data:
  origin: reconstructed
  note: Points of two invented curves.
  curves:
    os:
      new: {points: os-new.csv, patients: 4, events: 1, at_risk: {times: [0, 5], patients: [4, 3]}}
      old: {points: os-old.csv, patients: 4, events: 4}
    pfs:
      new: {points: pfs-new.csv, patients: 4, events: 2, censor_times: pfs-new-ticks.csv}
      old: {points: os-old.csv, patients: 4, events: 4}
time_unit: months
arms:
  variable: TRT01P
  reference: old
  levels:
    - {id: new, value: New, label: New, name: new}
    - {id: old, value: Old, label: Old, name: old}
populations:
  everybody: {label: everybody}
population: everybody
endpoints:
  os: {label: Overall survival, event_label: Death, curve_label: Alive, paramcd: OS, rule: To death.}
  pfs: {label: Progression-free survival, event_label: Progression, curve_label: Free, paramcd: PFS, rule: Drawn.}
analysis: {conf_level: 0.95, conf_type: log-log, ties: efron, landmarks: [2], axis_times: [0, 2, 4]}
runs:
  reconstruction: {notebook: reconstruction}
  os: {notebook: time_to_event, parameters: {endpoint: os}}
"""
POINTS = {
    # four patients, of whom one dies at month 2 and three are seen to month 5
    "os-new.csv": "time,survival\n0,1\n2,1\n2,0.75\n5,0.75\n",
    # deaths at 1, 2, 3 and 4
    "os-old.csv": "time,survival\n1,1\n1,0.75\n2,0.75\n2,0.5\n3,0.5\n3,0.25\n4,0.25\n4,0\n",
    # one event at 1; a patient censored at 2; then of two left one at 4, the other seen to 6
    "pfs-new.csv": "time,survival\n0,1\n1,1\n1,0.75\n4,0.75\n4,0.375\n6,0.375\n",
    "pfs-new-ticks.csv": "time\n2\n6\n",
}


class CurvesStudy:
    """The study in a folder.

    Parameters
    ----------
    folder : Path
        Need not exist.
    """

    def __init__(self, folder):
        self.folder, self.params = folder, folder / "study.yaml"
        self.tables = folder / "reconstructed" / "drawn"
        folder.mkdir(exist_ok=True)
        for name, text in {"study.yaml": STUDY, **POINTS}.items():
            (folder / name).write_text(text, encoding="utf-8")

    def change(self, old, new, file="study.yaml"):
        """Replace a text that occurs once, and give the line on which it begins."""
        text = (self.folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} must occur once in {file}"
        (self.folder / file).write_text(text.replace(old, new), encoding="utf-8")
        return 1 + text[: text.index(old)].count("\n")
