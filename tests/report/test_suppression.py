"""Masked counts: those under the limit are masked, and no mask can be lifted by arithmetic."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smmlib.report.disclosure.suppression import suppressed

reproducible = settings(deadline=None, derandomize=True, max_examples=150, database=None)
briefly = settings(reproducible, max_examples=25)


def one_way(values):
    """Counts a, b, c, ... and n, their total."""
    parts = [chr(ord("a") + place) for place in range(len(values))]
    return dict(zip([*parts, "n"], [*values, sum(values)], strict=True)), [("n", parts)]


def two_way(values):
    """Counts x00, x01, ... with totals r0, ... of rows, c0, ... of columns, and n of both."""
    values = np.array(values)
    rows, columns = (range(size) for size in values.shape)
    counts = {f"x{row}{column}": int(values[row, column]) for row in rows for column in columns}
    counts |= {f"r{row}": int(values[row].sum()) for row in rows}
    counts |= {f"c{column}": int(values[:, column].sum()) for column in columns}
    counts["n"] = int(values.sum())
    sums = [(f"r{row}", [f"x{row}{column}" for column in columns]) for row in rows]
    sums += [(f"c{column}", [f"x{row}{column}" for row in rows]) for column in columns]
    return counts, [*sums, ("n", [f"r{row}" for row in rows]), ("n", [f"c{column}" for column in columns])]


# ---- by hand


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("values", "limit", "masked"),
    [
        # The mask of 3 would be lifted by 20 - 6 - 11; with 6 masked as well, 9 is left for both.
        ([3, 6, 11], 5, "ab"),
        # Two are masked, with 7 together.
        ([3, 4, 13], 5, "ab"),
        # The first of equals.
        ([3, 8, 8], 5, "ab"),
        # Both masked are zero: 12 - 12 leaves 0 for the two together, so they need the third.
        ([0, 0, 5, 7], 5, "abc"),
        # 1 and 1 with 2 together: 0 + 2, 1 + 1 or 2 + 0.
        ([1, 1, 9], 2, "ab"),
        # The total is under the limit too; were it alone shown, it would bound its parts, but it is masked.
        ([1, 2], 5, "abn"),
        # A single part is its total.
        ([3], 5, "an"),
        ([9], 5, ""),
        # Under a limit of 1 a mask says zero, unless two that are masked hold 4 together.
        ([0, 4, 6], 1, "ab"),
    ],
)
def test_parts_of_one_total(values, limit, masked):
    assert suppressed(*one_way(values), limit) == set(masked)


@pytest.mark.by_hand
def test_one_small_cell_of_a_two_way_table_takes_three_with_it():
    """Row 0: 3 with 10. Column 0: 3 with 12. Then 10 and 12 stand alone in column 1 and row 1, where 30 closes."""
    assert suppressed(*two_way([[3, 10, 20], [12, 30, 25]]), 5) == {"x00", "x01", "x10", "x11"}


@pytest.mark.by_hand
def test_two_small_cells_in_different_rows_and_columns_do_not_hide_each_other():
    """The row total less 10 and 20 is the 3, and likewise the 4: the other diagonal of the square must go as well."""
    assert suppressed(*two_way([[3, 10, 20], [12, 4, 25]]), 5) == {"x00", "x01", "x10", "x11"}


@pytest.mark.by_hand
def test_a_square_of_small_cells_hides_itself():
    assert suppressed(*two_way([[3, 4, 20], [2, 1, 25]]), 5) == {"x00", "x01", "x10", "x11"}


@pytest.mark.by_hand
def test_a_square_of_zeros_and_ones_has_whole_numbers_only():
    """[[1, 0], [0, 1]] could be [[0, 1], [1, 0]] and nothing else; that is enough."""
    assert suppressed(*two_way([[1, 0, 20], [0, 1, 25], [7, 8, 9]]), 2) == {"x00", "x01", "x10", "x11"}


@pytest.mark.by_hand
def test_a_square_with_an_empty_row_is_known():
    """Row 0 less 20 leaves 0 for its two masked cells. Masking the 20 is not enough: x12 of its column must go too."""
    assert suppressed(*two_way([[0, 0, 20], [7, 8, 25]]), 5) >= {"x00", "x01", "x02", "x12"}


@pytest.mark.by_hand
def test_a_total_is_masked_when_only_totals_are_left():
    """Of the regions, 3 is small, and so is its only site. The next region goes, and with it one of its own sites."""
    counts = {"north": 3, "south": 20, "all": 23, "north 1": 3, "south 1": 9, "south 2": 11}
    sums = [("all", ["north", "south"]), ("north", ["north 1"]), ("south", ["south 1", "south 2"])]
    assert suppressed(counts, sums, 5) == {"north", "north 1", "south", "south 1"}


@pytest.mark.by_hand
def test_a_part_is_masked_before_a_smaller_total():
    """West is a region without sites: masked, it gives away nothing, and needs no second mask as south would."""
    counts = {"north": 3, "south": 20, "west": 30, "all": 53, "north 1": 3, "south 1": 9, "south 2": 11}
    sums = [("all", ["north", "south", "west"]), ("north", ["north 1"]), ("south", ["south 1", "south 2"])]
    assert suppressed(counts, sums, 5) == {"north", "north 1", "west"}


@pytest.mark.by_hand
def test_a_total_is_masked_when_the_parts_are_known_from_elsewhere():
    """b and c are known to be 8 each, so only the total can hide the 3."""
    counts = {"a": 3, "b": 8, "c": 8, "n": 19}
    assert suppressed(counts, [("n", "abc"), (8, "b"), (8, "c")], 5) == {"a", "n"}


@pytest.mark.by_hand
def test_best_responses_of_a_known_number_of_patients():
    """Five are under 5, with 11 together: none is determined, and nothing else need be masked."""
    counts = dict(zip("abcdefgh", [3, 4, 6, 31, 3, 8, 1, 0], strict=True))
    assert suppressed(counts, [(56, "abcdefgh")], 5) == set("abegh")
    assert suppressed(counts, [(56, "abcdefgh")], 1) == set("gh")


@pytest.mark.by_hand
def test_responders_of_an_arm_hide_with_a_category():
    """CR 2 of n 30: with PR, or the responders CR + PR would give it away."""
    counts = {"CR": 2, "PR": 9, "SD": 19, "responders": 11}
    assert suppressed(counts, [("responders", ["CR", "PR"]), (30, ["CR", "PR", "SD"])], 5) == {"CR", "PR"}


@pytest.mark.by_hand
def test_a_mask_that_turns_out_needless_is_lifted():
    """a was taken for b, then n for a, and c for n, before a and b were seen to need n only."""
    counts = {"a": 5, "b": 0, "c": 5, "n": 10}
    assert suppressed(counts, [(10, "abc"), ("n", "ac")], 3) == {"a", "b", "n"}


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("counts", "sums", "limit", "masked"),
    [
        # A known total of nothing: its parts are known, and the 9 is not masked for their sake.
        ({"a": 0, "b": 0, "c": 9}, [(0, "ab"), (9, "abc")], 5, "ab"),
        # The single part of a known total, in a table that could otherwise hide it.
        ({"a": 3, "b": 9, "n": 12}, [(3, "a"), ("n", "ab")], 5, "a"),
        # One small cell protected, the other known.
        ({"a": 0, "b": 2, "c": 9, "n": 11}, [(0, "a"), ("n", "abc")], 5, "abc"),
        # a is known, so that c stands alone in its sum with e; a mask on b or d would not help it.
        (dict(zip("abcde", [1, 2, 0, 5, 9], strict=True)), [(10, "ace"), (1, "a"), (17, "abcde")], 2, "ace"),
        # A count that shares no sum: under 5 it has five values, under 1 a mask means zero.
        ({"a": 0, "b": 9}, [], 5, "a"),
        ({"a": 0, "b": 9}, [], 1, "a"),
        ({"a": 0, "n": 0}, [("n", "a")], 1, "an"),
        ({}, [], 5, ""),
    ],
)
def test_what_cannot_be_hidden_costs_nothing_more(counts, sums, limit, masked):
    assert suppressed(counts, sums, limit) == set(masked)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("counts", "sums", "limit", "words"),
    [
        ({"a": 3, "b": 4, "n": 8}, [("n", "ab")], 5, "3 ('a') + 4 ('b') is 7, not 8 ('n')"),
        ({"a": 3, "b": 4}, [(8, "ab")], 5, "3 ('a') + 4 ('b') is 7, not 8"),
        ({"a": 3}, [("n", "a")], 5, "the sum of 'n' names 'n', which is not one of the counts: ['a']"),
        ({"n": 3}, [("n", "a")], 5, "the sum of 'n' names 'a'"),
        ({"a": -1}, [], 5, "count 'a' must be a whole number of at least 0, not -1"),
        ({"a": 2.0}, [], 5, "count 'a' must be a whole number of at least 0, not 2.0"),
        ({"a": True}, [], 5, "not True"),
        ({"a": "3"}, [], 5, "not '3'"),
        ([3], [], 5, "counts must be a mapping of names to counts, not list"),
        ({"a": 3}, [], 0, "limit must be a whole number of at least 1, not 0"),
        ({"a": 3}, [], 2.5, "not 2.5"),
        ({"a": 3}, [], True, "not True"),
    ],
)
def test_what_is_wrong_is_named(counts, sums, limit, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        suppressed(counts, sums, limit)


# ---- a reader who tries every table


def linked(masked, sums):
    """The masked names in groups: two that stand in one sum are in the same."""
    groups = [{name} for name in masked]
    for total, parts in sums:
        touched = [group for group in groups if group & {total, *parts}]
        groups = [group for group in groups if group not in touched] + ([set().union(*touched)] if touched else [])
    return groups


def every_table(counts, sums, highest):
    """All tables of whole numbers that keep the sums, each name with its values; parts up to `highest`."""
    totals = [total for total, _ in sums if not isinstance(total, int)]
    base = [name for name in counts if name not in totals]
    grid = np.indices((highest + 1,) * len(base)).reshape(len(base), -1)
    tables, kept = dict(zip(base, grid, strict=True)), np.ones(grid.shape[1], dtype=bool)
    for total, parts in sums:
        added = sum(tables[part] for part in parts)
        kept &= added == tables.setdefault(total, added if isinstance(total, str) else np.array(total))
    return {name: tables[name][kept] for name in counts}


def determined(counts, sums, limit, masked, highest):
    """Masked names with one value in all the tables that a reader who knows the rule holds possible."""
    tables = every_table(counts, sums, highest)
    possible = np.ones(len(tables[next(iter(counts))]), dtype=bool)
    for name in counts.keys() - masked:
        possible &= tables[name] == counts[name]
    for group in linked(masked, sums):
        possible &= np.any([tables[name] < limit for name in group], axis=0)
    assert possible.any(), "the true table is one of them"
    return {name for name in masked if len(set(tables[name][possible].tolist())) == 1}


def in_reach(counts, sums, limit):
    """Names in a group, were all masked, with a count under the limit: what masking could be asked of."""
    small = {name for name in counts if counts[name] < limit}
    return set().union(*[group for group in linked(counts, sums) if group & small])


small_counts = st.one_of(st.integers(0, 2), st.integers(0, 5))


@st.composite
def small_sets(draw):
    """One-way and two-way tables, and sums of anything that overlap, with totals that are counts or known."""
    kind = draw(st.sampled_from(["one way", "known total", "2 x 2", "overlapping"]))
    values = draw(st.lists(small_counts, min_size=4, max_size=4))
    if kind == "2 x 2":
        return two_way(np.reshape(values, (2, 2)))
    counts, sums = one_way(values)
    if kind == "one way":
        return counts, sums
    del counts["n"]
    if kind == "known total":
        return counts, [(sum(values), "abcd")]
    chosen = draw(st.lists(st.sets(st.sampled_from("abcd"), min_size=1).map(sorted), min_size=1, max_size=3))
    sums = []
    for place, parts in enumerate(chosen):
        added = sum(counts[part] for part in parts)
        if draw(st.booleans()):
            counts[f"n{place}"] = added
        sums.append((f"n{place}" if f"n{place}" in counts else added, parts))
    return counts, sums


def highest_of(counts, limit):
    """Values of a part beyond which nothing new is to be found."""
    return min(max(counts.values()), 9) + limit


@pytest.mark.by_hand
def test_the_reader_who_tries_every_table():
    counts, sums = one_way([3, 6, 11])
    assert len(every_table(counts, [*sums, (20, "abc")], 20)["a"]) == 231
    assert determined(counts, sums, 5, {"a"}, 20) == {"a"}
    assert determined(counts, sums, 5, {"a", "b"}, 20) == set()
    counts, sums = two_way([[3, 10], [12, 4]])
    assert determined(counts, sums, 5, {"x00", "x11"}, 14) == {"x00", "x11"}
    assert linked({"x00", "x11", "x10"}, sums) == [{"x00", "x11", "x10"}]


@pytest.mark.independent
@reproducible
@given(small_sets(), st.integers(1, 4))
def test_nobody_who_tries_every_table_lifts_a_mask(published, limit):
    """But of what would be determined with everything masked, and is therefore no secret."""
    counts, sums = published
    masked = suppressed(counts, sums, limit)
    assert masked >= {name for name in counts if counts[name] < limit}
    assert all(min(counts[name] for name in group) < limit for group in linked(masked, sums))
    highest = highest_of(counts, limit)
    lifted = determined(counts, sums, limit, masked, highest)
    reach = in_reach(counts, sums, limit)
    no_secret = determined(counts, sums, limit, reach, highest) if lifted else set()
    assert lifted <= no_secret
    assert all(counts[name] < limit for name in lifted), "nothing is masked in vain"


@pytest.mark.independent
@reproducible
@given(small_sets(), st.integers(1, 4))
def test_no_further_mask_can_be_spared(published, limit):
    """Shown again, any count masked for the sake of others leaves one that is determined, or masked for no reason."""
    counts, sums = published
    masked = suppressed(counts, sums, limit)
    highest = highest_of(counts, limit)
    before = determined(counts, sums, limit, masked, highest)
    for spared in (name for name in masked if counts[name] >= limit):
        rest = masked - {spared}
        groups_have_reason = all(min(counts[name] for name in group) < limit for group in linked(rest, sums))
        assert not groups_have_reason or determined(counts, sums, limit, rest, highest) > before


# ---- whatever the counts are

tables = st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=3)


@pytest.mark.invariant
@briefly
@given(tables, st.integers(0, 20))
def test_nothing_is_masked_when_all_reach_the_limit(values, limit):
    assert suppressed(*two_way(np.array(values) + limit + 1), limit + 1) == set()


@pytest.mark.invariant
@briefly
@given(tables)
def test_under_a_limit_of_one_zeros_alone_call_for_masks(values):
    counts, sums = two_way(values)
    masked = suppressed(counts, sums, 1)
    assert masked >= {name for name in counts if counts[name] == 0}
    assert bool(masked) == (0 in counts.values())
    assert suppressed(counts, [], 1) == {name for name in counts if counts[name] == 0}


@pytest.mark.invariant
@briefly
@given(tables, st.integers(1, 9), st.randoms(use_true_random=False))
def test_order_of_sums_and_parts_changes_nothing(values, limit, random):
    counts, sums = two_way(values)
    mixed = [(total, random.sample(parts, len(parts))) for total, parts in random.sample(sums, len(sums))]
    assert suppressed(counts, mixed, limit) == suppressed(counts, sums, limit)


@pytest.mark.invariant
@briefly
@given(tables, st.integers(1, 9), st.randoms(use_true_random=False))
def test_order_of_counts_protects_no_less(values, limit, random):
    """The same masks are asked for, though among equals another may be taken."""
    counts, sums = two_way(values)
    mixed = dict(random.sample([*counts.items()], len(counts)))
    small = {name for name in counts if counts[name] < limit}
    assert suppressed(mixed, sums, limit) >= small
    assert bool(suppressed(mixed, sums, limit) - small) == bool(suppressed(counts, sums, limit) - small)


@pytest.mark.invariant
@briefly
@given(tables, tables, st.integers(1, 9))
def test_tables_that_share_no_sum_do_not_touch(values, others, limit):
    counts, sums = two_way(values)
    more, further = two_way(others)
    more = {f"other {name}": count for name, count in more.items()}
    further = [(f"other {total}", [f"other {part}" for part in parts]) for total, parts in further]
    both = suppressed(counts | more, [*sums, *further], limit)
    assert both == suppressed(counts, sums, limit) | suppressed(more, further, limit)


@pytest.mark.invariant
def test_numbers_of_numpy_are_numbers():
    counts, sums = one_way([3, 6, 11])
    counts = {name: np.int64(count) for name, count in counts.items()}
    assert suppressed(counts, sums, np.int64(5)) == {"a", "b"}
    assert suppressed(counts, [(np.int64(20), "abc")], 5) == {"a", "b"}


@pytest.mark.invariant
@pytest.mark.parametrize("largest", [6, 60, 6_000, 6_000_000])
def test_a_hundred_counts_in_twenty_sums_are_answered(largest):
    counts, sums = two_way(np.random.default_rng(1).integers(0, largest, (9, 9)) % (largest - 1))
    assert (len(counts), len(sums)) == (100, 20)
    assert suppressed(counts, sums, 5) >= {name for name in counts if counts[name] < 5}
