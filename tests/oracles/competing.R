# R's `cmprsk` and `survival` on patients with competing risks: every number that tests/stats/test_competing_r.py compares.
#
#   rows.csv  in: table, time, cause, in_arm, stratum, entry; one row a patient, entry empty where nobody enters late
#   data.csv  out: rows.csv and the tables that ship with R, in the same columns
# `cmprsk` knows no late entry, so that such tables go to `survival` alone. See collect.R for the rest.

suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
})
source("collect.R")

CONVERGED <- coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 100)

table_of <- function(name, time, cause, in_arm, stratum) {
  rows <- data.frame(table = name, time = as.numeric(time), cause = as.numeric(cause),
                     in_arm = as.numeric(in_arm), stratum = as.character(stratum))
  rows <- rows[complete.cases(rows), ]
  rows$entry <- rep(NA_real_, nrow(rows))
  rows
}

# Recurrence of colon cancer, and death without it: two rows a patient in R.
colon_patients <- function() {
  recurrence <- subset(colon, etype == 1)
  death <- subset(colon, etype == 2)
  death <- death[match(recurrence$id, death$id), ]
  cause <- ifelse(recurrence$status == 1, 1, ifelse(death$status == 1, 2, 0))
  patients <- data.frame(recurrence, cause = cause)
  patients$time <- ifelse(cause == 1, recurrence$time, death$time)
  subset(patients, rx != "Lev")
}

public_tables <- function() {
  progressed <- mgus2$pstat == 1
  melanoma <- c(1, 0, 2)[MASS::Melanoma$status]
  rbind(
    with(mgus2, table_of("R mgus2", ifelse(progressed, ptime, futime), ifelse(progressed, 1, 2 * death),
                         sex == "F", age > 70)),
    with(subset(mgus1, start == 0), table_of("R mgus1", stop, as.numeric(event) - 1, sex == "female", age > 70)),
    with(pbc, table_of("R pbc", time, status, trt == 1, stage)),
    with(transplant, table_of("R transplant", futime, as.numeric(event) - 1, sex == "f", abo)),
    with(MASS::Melanoma, table_of("R Melanoma, ulcer", time, melanoma, ulcer, thickness > 2)),
    with(boot::melanoma, table_of("R melanoma, sex", time, c(1, 0, 2)[status], sex, ulcer)),
    with(colon_patients(), table_of("R colon", time, cause, rx == "Lev+5FU", differ))
  )
}

of_survfit <- function(rows, group) {
  states <- factor(rows$cause, 0:max(rows$cause, 1))
  if (is.na(rows$entry[1])) {
    fit <- survfit(Surv(rows$time, states) ~ 1)
  } else {
    fit <- survfit(Surv(rows$entry, rows$time, states) ~ 1, id = seq_len(nrow(rows)))
  }
  seen <- fit$time %in% rows$time
  for (cause in levels(states)[-1]) {
    column <- match(cause, fit$states)
    note("survfit", paste(group, cause), fit$time[seen], list(
      incidence = fit$pstate[seen, column], at_risk = fit$n.risk[seen, 1],
      events = fit$n.event[seen, column]
    ))
  }
}

of_cuminc <- function(rows, group) {
  if (all(rows$cause == 0)) return()
  fit <- cuminc(rows$time, rows$cause)
  times <- sort(unique(rows$time))
  steps <- timepoints(fit, times)
  for (cause in sort(unique(rows$cause[rows$cause > 0]))) {
    name <- paste(1, cause)
    note("cuminc", paste(group, cause), times, list(incidence = steps$est[name, ], variance = steps$var[name, ]))
  }
}

# An error of cuminc (a variance that is no number) is a missing number. The causes are tested one by one, as 1 among 2,
# and the P value is taken from the upper tail: the printed one is 1 minus the lower.
gray <- function(rows, form) {
  strata <- if (form == "stratified") rows$stratum else rep(1, nrow(rows))
  for (cause in sort(unique(rows$cause[rows$cause > 0]))) {
    as_one <- ifelse(rows$cause == cause, 1, ifelse(rows$cause == 0, 0, 2))
    tests <- tryCatch(cuminc(rows$time, as_one, rows$in_arm, strata)$Tests, error = function(problem) NULL)
    statistic <- if (is.null(tests)) NA else tests["1", "stat"]
    p_value <- pchisq(statistic, 1, lower.tail = FALSE)
    note("gray", paste(form, cause), NA, list(statistic = statistic, p_value = p_value))
  }
}

cox <- function(rows, form) {
  strata <- if (form == "stratified") rows$stratum else rep(1, nrow(rows))
  for (cause in sort(unique(rows$cause[rows$cause > 0]))) {
    event <- rows$cause == cause
    outcome <- if (is.na(rows$entry[1])) Surv(rows$time, event) else Surv(rows$entry, rows$time, event)
    for (ties in c("efron", "breslow")) {
      fit <- suppressWarnings(coxph(outcome ~ in_arm + strata(strata), rows, ties = ties, control = CONVERGED))
      note("coxph", paste(form, ties, cause), NA, list(coefficient = unname(coef(fit)),
                                                       std_error = sqrt(fit$var[1, 1])))
    }
  }
}

rows <- rbind(given("rows", colClasses = c(stratum = "character")), public_tables())
for (current in unique(rows$table)) {
  members <- rows[rows$table == current, ]
  late <- !is.na(members$entry[1])
  for (side in c(arm = 1, reference = 0)) {
    group <- if (side == 1) "arm" else "reference"
    of_survfit(members[members$in_arm == side, ], group)
    if (!late) of_cuminc(members[members$in_arm == side, ], group)
  }
  for (form in c("plain", "stratified")) {
    if (!late) gray(members, form)
    cox(members, form)
  }
}
write_table(rows, file.path(folder, "data.csv"))
write_results()
