# Adjusted P values by R's `p.adjust`, and one-sided log-rank tests from `survdiff`: every number that
# tests/stats/test_multiple_testing_r.py compares.
#
#   p_values.csv  in: table, p_value; the P values of a table are those of its hypotheses, in their order
#   rows.csv      in: table, time, event, in_arm, stratum; one row a patient
#
# A fixed sequence has no name in p.adjust: there, it is the largest P value so far. See collect.R for the rest.

suppressPackageStartupMessages(library(survival))
source("collect.R")

p_values <- given("p_values")
for (current in unique(p_values$table)) {
  p <- p_values$p_value[p_values$table == current]
  place <- seq_along(p)
  note("holm", "", place, list(p_value = p.adjust(p, "holm")))
  note("hochberg", "", place, list(p_value = p.adjust(p, "hochberg")))
  note("fixed-sequence", "", place, list(p_value = cummax(p)))
}
rows <- given("rows", colClasses = c(stratum = "character"))
for (current in unique(rows$table)) {
  members <- rows[rows$table == current, ]
  for (form in c("plain", "stratified")) {
    formula <- if (form == "plain") Surv(time, event) ~ in_arm else Surv(time, event) ~ in_arm + strata(stratum)
    fit <- tryCatch(survdiff(formula, members), error = function(problem) NULL)
    if (is.null(fit) || fit$var[2, 2] <= 0) next
    z <- sum(as.matrix(fit$obs - fit$exp)[2, ]) / sqrt(fit$var[2, 2])
    note("one_sided", form, NA_real_, list(less = pnorm(z), greater = pnorm(z, lower.tail = FALSE)))
  }
}
write_results()
