"""Many curves that the digitised one may have been: each point moved within its pixel."""

import numpy as np

from smmlib.curves.reconstruction.points import clean_curve, read_pair
from smmlib.curves.reconstruction.reconstructed import ReconstructionError


def read_pixel(pixel):
    """Errors of time and of survival, zero or more, or a ReconstructionError."""
    try:
        in_time, in_survival = (float(error) for error in pixel)
    except (TypeError, ValueError):
        raise ReconstructionError(
            f"pixel is {pixel!r}: give a pair, the sizes of a pixel in time and in survival."
        ) from None
    for name, error in (("time", in_time), ("survival", in_survival)):
        if not 0 <= error < np.inf:
            raise ReconstructionError(f"pixel is {error:g} in {name}: give a finite number, zero or more.")
    return in_time, in_survival


def moved_curve(curve, pixel, random):
    """The curve with each point moved at random within its pixel, but no further than to its neighbours' level.

    Points of equal survival, as along a flat stretch, move together, so that no drop is invented there.
    """
    time, survival = read_pair(curve, "curve")
    scale = 100.0 if survival.max() > 2 else 1.0
    levels, member = np.unique(survival, return_inverse=True)
    shift = random.uniform(-0.5, 0.5, len(levels)) * pixel[1] * scale
    shift[(levels == 0) | (levels == scale)] = 0.0
    gap = np.diff(levels, prepend=-np.inf, append=np.inf)
    room = np.minimum(gap[:-1], gap[1:]) / 2
    moved_time = time + random.uniform(-0.5, 0.5, len(time)) * pixel[0] * (time > 0)
    moved = (levels + np.clip(shift, -room, room))[member.reshape(survival.shape)]
    return clean_curve((np.maximum(moved_time, 0.0), np.clip(moved, 0.0, scale)))
