"""The flow of patients as a figure: each box whole, none over another, everything within the figure."""

import itertools

import pytest

from smmlib.display.figures import svg_text
from smmlib.display.flow_figure import FlowBox, FlowStage, flow_figure, flow_in_words

LONG = "Withdrawal by the subject after an adverse event of grade 3 or more (n\u00a0=\u00a012)"


def stages(arms, beside=True):
    boxes = [FlowBox(f"Allocated to arm {arm} (n\u00a0=\u00a0{10 * arm})") for arm in range(1, arms + 1)]
    analysed = [FlowBox(f"Analysed (n\u00a0=\u00a0{9 * arm})", (LONG,) * arm) for arm in range(1, arms + 1)]
    out = FlowBox("Not randomised (n\u00a0=\u00a07)", (LONG,)) if beside else None
    return [
        FlowStage("Enrolment", (FlowBox("Assessed for eligibility (n\u00a0=\u00a0367)"),), out),
        FlowStage("Allocation", tuple(boxes)),
        FlowStage("Analysis", tuple(analysed)),
    ]


def drawn(figure):
    """Frames and texts as they lie on the page, in pixels."""
    figure.canvas.draw()
    (axes,) = figure.axes
    frames = [patch.get_window_extent() for patch in axes.patches if patch.get_facecolor()[:3] == (1, 1, 1)]
    texts = [text for text in axes.texts if text.get_text()]
    return frames, texts, figure.bbox


@pytest.mark.invariant
@pytest.mark.parametrize("arms", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("beside", [True, False])
def test_text_lies_in_its_box_and_boxes_lie_apart(arms, beside):
    frames, texts, page = drawn(flow_figure(stages(arms, beside), note="Synthetic patients"))
    for one, other in itertools.combinations(frames, 2):
        assert not one.overlaps(other)
    for frame in frames:
        assert page.x0 <= frame.x0 < frame.x1 <= page.x1
        assert page.y0 <= frame.y0 < frame.y1 <= page.y1
    in_boxes = [text.get_window_extent() for text in texts if not text.get_rotation()]
    assert len(in_boxes) >= len(frames)
    for extent in in_boxes:
        assert any(frame.x0 <= extent.x0 and extent.x1 <= frame.x1 for frame in frames if frame.overlaps(extent))


@pytest.mark.invariant
def test_names_of_stages_lie_beside_their_row():
    _, texts, page = drawn(flow_figure(stages(2), note=""))
    names = [text.get_window_extent() for text in texts if text.get_rotation()]
    assert len(names) == 3
    for one, other in itertools.combinations(names, 2):
        assert not one.overlaps(other)
    assert all(page.y0 <= name.y0 and name.y1 <= page.y1 for name in names)


@pytest.mark.invariant
def test_a_number_is_never_parted_from_its_sign():
    figure = flow_figure(stages(8), note="")
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert sum("(n\u00a0=\u00a0" in text for text in texts) == sum("=" in text for text in texts)
    assert svg_text(figure) == svg_text(flow_figure(stages(8), note=""))


@pytest.mark.by_hand
def test_in_words_it_says_every_box():
    said = flow_in_words(stages(1))
    assert said == (
        "Flow of patients. Enrolment: Assessed for eligibility (n\u00a0=\u00a0367); "
        f"Not randomised (n\u00a0=\u00a07), {LONG}. Allocation: Allocated to arm 1 (n\u00a0=\u00a010). "
        f"Analysis: Analysed (n\u00a0=\u00a09), {LONG}."
    )
