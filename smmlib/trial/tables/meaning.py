"""What cells mean, however they were typed: marks of a missing value are empty, whole numbers have no decimals."""

from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np
import pandas as pd

from smmlib.trial.spelling import code_text


def meanings(texts: pd.Series, missing: Iterable[str]) -> pd.Series:
    """The cells of a column as what they mean, each distinct one looked at once.

    Parameters
    ----------
    texts : Series of str
    missing : iterable of str
        What stands for a missing value besides the empty cell.

    Returns
    -------
    Series of category
        Texts, "" where a value is missing; the same index.
    """
    codes, distinct = pd.factorize(texts)
    marks = set(missing)
    meant = np.array(["" if text in marks else code_text(text) for text in distinct], dtype=object)
    of_distinct, categories = pd.factorize(meant)
    values = pd.Categorical.from_codes(cast("Sequence[int]", of_distinct[codes]), pd.Index(categories))
    return pd.Series(values, index=texts.index)


def missing_marks(texts: pd.Series, meant: pd.Series) -> dict[str, int]:
    """How many cells of a column hold each mark of a missing value; the empty cell is none.

    Parameters
    ----------
    texts : Series of str
        As the file holds them.
    meant : Series of category
        The same, from `meanings`.

    Returns
    -------
    dict of str to int
        The most frequent first.
    """
    if "" not in meant.cat.categories:
        return {}
    marked = texts[(meant == "").to_numpy() & (texts != "").to_numpy()]
    return {str(mark): int(count) for mark, count in marked.value_counts().items()}
