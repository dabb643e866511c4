"""What many tests expect: a number within so much of another, and an argument refused in stated words."""

import re

import pytest


def approx_within(rel, scale):
    """`pytest.approx` with the relative and absolute tolerance of a file's numbers; nan equals nan.

    Parameters
    ----------
    rel : float
        What a call may still narrow or widen.
    scale : float
        Absolute tolerance.
    """
    usual = {"rel": rel, "scale": scale}

    def approx(value, **tolerance):
        given = usual | tolerance
        return pytest.approx(value, rel=given["rel"], abs=given["scale"], nan_ok=True)

    return approx


def refused(words):
    """Expect a ValueError whose message begins with these words."""
    return pytest.raises(ValueError, match=f"^{re.escape(words)}")


def refused_saying(words):
    """Expect a ValueError whose message has these words somewhere: after the value, which differs."""
    return pytest.raises(ValueError, match=re.escape(words))
