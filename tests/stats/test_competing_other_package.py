"""lifelines' Aalen-Johansen estimate beside ours, where it is right: on patients without tied times.

At tied times lifelines moves the patients apart at random. Its variance is that of the delta method, not Aalen's, and
is not compared.
"""

import numpy as np
import pytest
from competing_tables import random_competing
from lifelines import AalenJohansenFitter

from smmlib import cumulative_incidence, incidence_at

pytestmark = pytest.mark.other_package


@pytest.mark.parametrize("of", [1, 2])
@pytest.mark.parametrize("seed", range(200, 220))
def test_incidence_of_lifelines(seed, of):
    table = random_competing(seed)
    time = np.random.default_rng(seed).permutation(len(table)) + 1.0
    curve = cumulative_incidence(time, table["cause"], of=of)
    fitter = AalenJohansenFitter(calculate_variance=False, jitter_level=0)
    fitted = fitter.fit(time, table["cause"], event_of_interest=of).cumulative_density_.iloc[:, 0]
    theirs = fitted.reindex(curve.time).to_numpy()
    np.testing.assert_allclose(curve.incidence, theirs, rtol=1e-10, atol=1e-14)
    halfway = curve.time[len(time) // 2 :: 7] - 0.5
    estimates = [incidence_at(curve, landmark).value for landmark in halfway]
    np.testing.assert_allclose(estimates, fitter.predict(halfway), rtol=1e-10, atol=1e-14)
