# Competing risks in simulated trials of three arms, by R's `cmprsk` and `survival`: every number that
# tests/analysis/test_competing_risks_r.py compares.
#
#   rows.csv       in: table, id, arm, stratum, time, cnsr; CNSR 0 is the event, 2 what competes with it, 1 a censoring
#   landmarks.csv  in: at
#
# The limits of incidence are those of log(-log F), with the variance of cuminc. `survfit` has the same incidence as the
# probability of a state. See collect.R for the rest.

suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
})
source("collect.R")

CONVERGED <- coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 100)
Z <- qnorm(0.975)

log_log <- function(estimate, variance) {
  margin <- Z * sqrt(variance) / abs(estimate * log(estimate))
  list(low = estimate^exp(margin), high = estimate^exp(-margin))
}

# Estimates and variances of a cause at the landmarks; 0 of one that nobody has, which cuminc leaves out.
at_landmarks <- function(members, cause) {
  steps <- timepoints(cuminc(members$time, members$cause), landmarks)
  name <- paste(1, cause)
  if (!name %in% rownames(steps$est)) return(list(value = 0 * landmarks, variance = 0 * landmarks))
  list(value = steps$est[name, ], variance = steps$var[name, ])
}

of_arms <- function(rows, cause) {
  for (arm in unique(rows$arm)) {
    members <- rows[rows$arm == arm, ]
    found <- at_landmarks(members, cause)
    limits <- if (all(found$value > 0)) log_log(found$value, found$variance) else list()
    note("incidence", paste(cause, arm), landmarks, c(list(value = found$value, std_error = sqrt(found$variance)), limits))
    states <- survfit(Surv(members$time, factor(members$cause, 0:2)) ~ 1)
    summed <- summary(states, times = landmarks)$pstate[, match(cause, states$states)]
    note("state", paste(cause, arm), landmarks, list(value = summed))
  }
}

of_pair <- function(rows, cause, arm, reference) {
  pair <- rows[rows$arm %in% c(arm, reference), ]
  one <- at_landmarks(pair[pair$arm == arm, ], cause)
  other <- at_landmarks(pair[pair$arm == reference, ], cause)
  difference <- round(one$value - other$value, 15)
  margin <- Z * sqrt(one$variance + other$variance)
  group <- paste(cause, arm)
  note("incidence_difference", group, landmarks,
       list(value = difference, low = difference - margin, high = difference + margin))
  gray("gray_test", group, pair, cause)
  if (!all(tapply(pair$cause == cause, pair$arm, any))) return()
  pair$treated <- as.numeric(pair$arm == arm)
  pair$event <- pair$cause == cause
  fit <- coxph(Surv(time, event) ~ treated + strata(stratum), pair, ties = "efron", control = CONVERGED)
  limits <- exp(coef(fit) + c(-1, 1) * Z * sqrt(fit$var[1, 1]))
  note("cause_specific_hazard_ratio", group, NA,
       list(value = exp(unname(coef(fit))), low = limits[1], high = limits[2]))
}

gray <- function(what, group, rows, cause) {
  as_one <- ifelse(rows$cause == cause, 1, ifelse(rows$cause == 0, 0, 2))
  if (!any(as_one == 1)) return()
  test <- cuminc(rows$time, as_one, rows$arm, rows$stratum)$Tests["1", ]
  p_value <- pchisq(test["stat"], test["df"], lower.tail = FALSE)
  note(what, group, NA, list(statistic = test["stat"], df = test["df"], p_value = p_value))
}

landmarks <- given("landmarks")$at
all_rows <- given("rows", colClasses = c(stratum = "character"))
for (current in unique(all_rows$table)) {
  rows <- all_rows[all_rows$table == current, ]
  rows$cause <- c(1, 0, 2)[rows$cnsr + 1]
  for (cause in 1:2) {
    of_arms(rows, cause)
    gray("overall_gray_test", paste(cause, ""), rows, cause)
    for (arm in c("Lev+5FU", "Lev")) of_pair(rows, cause, arm, "Obs")
  }
}
write_results()
