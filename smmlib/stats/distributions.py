"""Distributions, by scipy, which is imported at the first use: its import takes longer than everything else here."""


def two_sided_quantile(conf_level):
    """Normal quantile z with which value - z and value + z leave 1 - `conf_level` outside: 1.96 for 0.95."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + conf_level / 2))


def chi_square_tail(statistic, df):
    """Probability of a larger chi-square, accurate where it is tiny."""
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))


def beta_quantile(probability, first, second):
    """Quantile of the beta distribution with two shape parameters."""
    from scipy.special import betaincinv

    return float(betaincinv(first, second, probability))
