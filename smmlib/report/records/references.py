"""Where the method of a measure was published."""

REFERENCES = {
    "survival": "Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-481",
    "median": "Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-481; Brookmeyer R, Crowley J. Biometrics 1982;38:29-41",
    "follow_up": "Schemper M, Smith TL. Control Clin Trials 1996;17:343-346",
    "logrank": "Mantel N. Cancer Chemother Rep 1966;50:163-170",
    "overall_logrank": "Mantel N. Cancer Chemother Rep 1966;50:163-170",
    "hazard_ratio": "Cox DR. J R Stat Soc B 1972;34:187-220; Efron B. J Am Stat Assoc 1977;72:557-565",
    "wald_test": "Cox DR. J R Stat Soc B 1972;34:187-220",
    "cause_specific_hazard_ratio": "Prentice RL et al. Biometrics 1978;34:541-554",
    "proportional_hazards": "Grambsch PM, Therneau TM. Biometrika 1994;81:515-526",
    "restricted_mean": "Royston P, Parmar MKB. BMC Med Res Methodol 2013;13:152",
    "restricted_mean_difference": "Royston P, Parmar MKB. BMC Med Res Methodol 2013;13:152",
    "restricted_mean_ratio": "Royston P, Parmar MKB. BMC Med Res Methodol 2013;13:152",
    "weighted_logrank": "Fleming TR, Harrington DP. Counting processes and survival analysis. Wiley 1991",
    "incidence": "Aalen OO, Johansen S. Scand J Stat 1978;5:141-150",
    "gray_test": "Gray RJ. Ann Stat 1988;16:1141-1154",
    "overall_gray_test": "Gray RJ. Ann Stat 1988;16:1141-1154",
    "rate_difference": "Miettinen O, Nurminen M. Stat Med 1985;4:213-226",
    "fisher_test": "Fisher RA. J R Stat Soc 1935;98:39-82",
    "cochran_mantel_haenszel_test": "Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719-748",
    "standardised_difference": "Yang D, Dalton JE. SAS Global Forum 2012;335",
}
"""By measure, as a paper would cite it."""
EXACT_INTERVAL = "Clopper CJ, Pearson ES. Biometrika 1934;26:404-413"
WILSON_INTERVAL = "Wilson EB. J Am Stat Assoc 1927;22:209-212"


def reference_of(key):
    """Where the method of a number was published; nothing of counts and of what has no author.

    Parameters
    ----------
    key : Key

    Returns
    -------
    str
    """
    if key.section == "response" and key.measure == "rate":
        return WILSON_INTERVAL if key.variant == "wilson" else EXACT_INTERVAL
    return REFERENCES.get(key.measure, "")
