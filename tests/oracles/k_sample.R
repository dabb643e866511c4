# Log-rank tests of several groups by R's `survival`: every number that tests/stats/test_k_sample_r.py compares.
#
#   rows.csv    in: table, time, event, group, score, stratum, entry; one row a patient, entry empty where nobody enters
#               late
#
# survdiff gives the excess of each group and its covariance, from which the trend in the scores follows. It knows no
# late entry: there, the score test of the exact partial likelihood is taken, each event time a stratum of those at risk. See collect.R for the rest.

suppressPackageStartupMessages(library(survival))
source("collect.R")

trend <- function(rows, fit) {
  excess <- rowSums(as.matrix(fit$obs - fit$exp))
  score <- vapply(sort(unique(rows$group)), function(group) rows$score[rows$group == group][1], 0)
  sum(score * excess)^2 / drop(score %*% fit$var %*% score)
}

of_groups <- function(rows, form, formula) {
  fit <- tryCatch(survdiff(formula, rows), error = function(problem) NULL)
  if (is.null(fit)) return()
  note("k_sample", form, NA_real_, list(statistic = fit$chisq, df = sum(rowSums(as.matrix(fit$exp)) > 0) - 1))
  note("trend", form, NA_real_, list(statistic = trend(rows, fit)))
}

# Everybody at risk at each event time, as a stratum of their own.
risk_sets <- function(rows, groups) {
  sets <- list()
  for (members in split(rows, groups)) {
    for (time in unique(members$time[members$event == 1])) {
      at_risk <- members[members$entry < time & members$time >= time, ]
      at_risk$event <- as.numeric(at_risk$time == time & at_risk$event == 1)
      at_risk$set <- length(sets)
      sets[[length(sets) + 1]] <- at_risk
    }
  }
  do.call(rbind, sets)
}

of_late_groups <- function(rows, form, groups) {
  sets <- risk_sets(rows, groups)
  if (is.null(sets)) return()
  exact <- function(covariate) {
    formula <- as.formula(paste("Surv(rep(1, nrow(sets)), event) ~", covariate, "+ strata(set)"))
    coxph(formula, sets, ties = "exact", control = coxph.control(iter.max = 0))$score
  }
  met <- length(unique(sets$group)) - 1
  if (met > 0) {
    note("k_sample", form, NA_real_, list(statistic = exact("factor(group)"), df = met))
    note("trend", form, NA_real_, list(statistic = exact("score")))
  }
}

rows <- given("rows", colClasses = c(stratum = "character", group = "character"))
for (current in unique(rows$table)) {
  members <- rows[rows$table == current, ]
  if (anyNA(members$entry)) {
    of_groups(members, "plain", Surv(time, event) ~ group)
    of_groups(members, "stratified", Surv(time, event) ~ group + strata(stratum))
  } else {
    of_late_groups(members, "plain", rep("all", nrow(members)))
    of_late_groups(members, "stratified", members$stratum)
  }
}
write_results()
