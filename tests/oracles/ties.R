# R's curves, log-rank tests (the score test with exact ties) and Cox models without its own decision on ties, which the
# mean of the times would move: times are tied where they are equal, as whole days are.
#
#   rows.csv  in: table, time, event, in_arm, stratum, x; one row a patient
# See collect.R for the rest.

suppressPackageStartupMessages(library(survival))
source("collect.R")

AS_GIVEN <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 100, timefix = FALSE)

rows <- given("rows", colClasses = c(stratum = "character"))
for (current in unique(rows$table)) {
  members <- rows[rows$table == current, ]
  curve <- survfit(Surv(time, event) ~ 1, members, conf.type = "log-log", timefix = FALSE)
  note("curve", "", curve$time, unclass(curve)[c("n.risk", "n.event", "surv", "lower", "upper")])
  test <- coxph(Surv(time, event) ~ in_arm + strata(stratum), members, ties = "exact", control = AS_GIVEN)
  note("logrank", "", NA_real_, list(statistic = test$score))
  fit <- coxph(Surv(time, event) ~ in_arm + x + strata(stratum), members, control = AS_GIVEN)
  note("cox", "", NA_real_, list(coefficient = coef(fit), std_error = sqrt(diag(fit$var))))
}
write_results()
