# R's `survival` on interval-censored patients: every number that tests/stats/test_interval_r.py compares.
#
#   rows.csv   in: table, left, right, in_arm; one row a patient, `right` infinite where the event was not seen
# See collect.R for the rest.

suppressPackageStartupMessages(library(survival))
source("collect.R")

# survfit has no estimate when nobody is known to have had the event. When no patient has an interval it counts one patient
# too many (n.risk is 4 for the three times 1, 2+, 3), so that then the Kaplan-Meier estimate stands in for it.
estimate <- function(group, rows) {
  if (!any(is.finite(rows$right))) return(invisible())
  known <- with(rows, all(left == right | is.infinite(right)))
  fit <- if (known) survfit(Surv(left, left == right) ~ 1, rows)
         else survfit(Surv(left, right, type = "interval2") ~ 1, rows)
  note(if (known) "kaplan_meier" else "turnbull", group, fit$time, list(survival = fit$surv))
}

# Martingale residuals without a covariate, event less cumulative hazard d / n, are the scores of the log-rank test.
scores <- function(rows) {
  event <- as.numeric(rows$left == rows$right)
  residual <- residuals(coxph(Surv(left, event) ~ 1, rows, ties = "breslow"), type = "martingale")
  seen <- survdiff(Surv(left, event) ~ in_arm, rows)
  note("logrank_scores", "all", NA, list(score = sum(residual[rows$in_arm == 1]),
                                         observed_less_expected = seen$obs[2] - seen$exp[2],
                                         sum_of_squares = sum((residual - mean(residual))^2)))
}

rows <- given("rows")
for (current in unique(rows$table)) {
  members <- rows[rows$table == current, ]
  estimate("both", members)
  estimate("arm", members[members$in_arm == 1, ])
  estimate("reference", members[members$in_arm == 0, ])
  known <- with(members, left == right | is.infinite(right))
  if (all(known)) scores(members)
}
write_results()
