# R's Cox models with factors: every number that tests/stats/test_categories.py compares.
#
#   rows.csv    in: table, time, event, stratum, entry, x, stage (text), grade (text), drug (0 or 1); one row a patient
#   levels.csv  in: table, factor, level, in the order of the levels, those of which there is nobody included
#   fits.csv    in: table, late, stratified
# Levels without patients are dropped, ordered factors taken as unordered ones. See collect.R for the rest.

suppressPackageStartupMessages(library(survival))
source("collect.R")

CONVERGED <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 100)

factor_of <- function(rows, name) {
  known <- levels$level[levels$table == rows$table[1] & levels$factor == name]
  factor(droplevels(factor(rows[[name]], levels = known)), ordered = FALSE)
}

rows <- given("rows", colClasses = c(stratum = "character", stage = "character", grade = "character"))
levels <- given("levels", colClasses = "character")
fits <- given("fits")
for (line in seq_len(nrow(fits))) {
  current <- fits$table[line]
  members <- rows[rows$table == current, ]
  members$stage <- factor_of(members, "stage")
  members$grade <- factor_of(members, "grade")
  members$drug <- members$drug == 1
  left <- if (fits$late[line]) "Surv(entry, time, event)" else "Surv(time, event)"
  right <- paste("x + stage + drug + grade", if (fits$stratified[line]) "+ strata(stratum)")
  call <- bquote(coxph(.(as.formula(paste(left, "~", right))), members, control = CONVERGED))
  fit <- eval(call)
  note("coefficients", "", NA_real_, list(coefficient = unname(coef(fit)), std_error = sqrt(diag(fit$var))))
  note("covariance", "", NA_real_, list(value = as.vector(fit$var)))
  note("tests", "", NA_real_, list(
    score = fit$score, wald = fit$wald.test, ratio = 2 * diff(fit$loglik), log_likelihood = fit$loglik[2],
    df = length(coef(fit))
  ))
  note("score", "", NA_real_, list(value = as.vector(residuals(fit, "score"))))
  zph <- cox.zph(fit, transform = "km", terms = FALSE)$table
  note("zph", "", NA_real_, list(statistic = zph[, "chisq"]))
}
write_results()
