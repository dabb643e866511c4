# R's `survival` on patient tables: every number that tests/stats/test_stats_r.py compares.
#
#   rows.csv       in: table, time, event, in_arm, stratum, entry, weight; one row a patient. A table with entry or
#                  weight is for the curve alone.
#   landmarks.csv  in: table, time
#   data.csv       out: rows.csv and the tables that ship with `survival`, in the same columns
# Public tables of `survival` get the landmarks at their quartiles. See collect.R for the rest.

suppressPackageStartupMessages(library(survival))
source("collect.R")

CONF_TYPES <- c("log-log", "log", "plain", "logit", "arcsin")
CONVERGED <- coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 100)

table_of <- function(name, time, event, in_arm, stratum) {
  rows <- data.frame(table = name, time = as.numeric(time), event = as.numeric(event),
                     in_arm = as.numeric(in_arm), stratum = as.character(stratum))
  rows[complete.cases(rows), ]
}

public_tables <- function() {
  rbind(
    with(veteran, table_of("R veteran", time, status, trt == 2, celltype)),
    with(aml, table_of("R aml", time, status, x == "Nonmaintained", "all")),
    with(ovarian, table_of("R ovarian", futime, fustat, rx == 2, resid.ds)),
    with(lung, table_of("R lung", time, status == 2, sex == 2, ph.ecog)),
    with(subset(colon, etype == 2 & rx != "Lev"), table_of("R colon", time, status, rx == "Lev+5FU", differ)),
    with(mgus2, table_of("R mgus2", futime, death, sex == "F", age > 70)),
    with(rats, table_of("R rats", time, status, rx == 1, litter))
  )
}

one_arm <- function(rows, group, landmarks) {
  for (conf_type in CONF_TYPES) {
    fit <- survfit(Surv(time, event) ~ 1, rows, conf.type = conf_type)
    key <- paste(group, conf_type)
    steps <- list(at_risk = fit$n.risk, events = fit$n.event, censored = fit$n.censor, survival = fit$surv,
                  std_error = fit$surv * fit$std.err, low = fit$lower, high = fit$upper)
    note("kaplan_meier", key, fit$time, steps)
    if (conf_type %in% c("log-log", "log")) {
      for (q in c(0.1, 0.25, 0.75)) {
        time_of <- quantile(fit, q)
        note("survival_quantile", key, q, list(value = time_of$quantile, low = time_of$lower, high = time_of$upper))
      }
    }
    half <- quantile(fit, 0.5)
    printed <- summary(fit)$table
    note("median_survival", key, NA, list(value = half$quantile, low = half$lower, high = half$upper,
                                          high_printed = printed["0.95UCL"]))
    seen <- summary(fit, times = landmarks, extend = TRUE)
    note("survival_at", key, landmarks, list(value = seen$surv, std_error = seen$std.err, low = seen$lower,
                                             high = seen$upper, at_risk = seen$n.risk))
  }
  reverse <- quantile(survfit(Surv(time, 1 - event) ~ 1, rows, conf.type = "log-log"), 0.5)
  note("median_follow_up", group, NA, list(value = reverse$quantile, low = reverse$lower, high = reverse$upper))
}

# An error of survdiff (a singular variance) is a missing number.
logrank <- function(formula, rows) tryCatch(survdiff(formula, rows)$chisq, error = function(problem) NA)

cox <- function(formula, rows, ties) {
  fit <- suppressWarnings(coxph(formula, rows, ties = ties, control = CONVERGED))
  list(coefficient = unname(coef(fit)), std_error = sqrt(fit$var[1, 1]))
}

# Restricted means up to each landmark within the observed times; R refuses one before the first.
restricted_means <- function(rows, group, landmarks) {
  fit <- survfit(Surv(time, event) ~ 1, rows)
  for (tau in landmarks[landmarks > 0 & landmarks >= min(rows$time) & landmarks <= max(rows$time)]) {
    printed <- summary(fit, rmean = tau)$table
    note("restricted_mean_survival", group, tau, list(value = printed["rmean"], std_error = printed["se(rmean)"]))
  }
}

# Late entry and case weights: the curve, and numbers at risk at the landmarks.
late_or_weighted <- function(rows, group, landmarks) {
  late <- !is.na(rows$entry[1])
  response <- if (late) with(rows, Surv(entry, time, event)) else with(rows, Surv(time, event))
  fit <- survfit(response ~ 1, rows, weights = weight, conf.type = "log-log", robust = FALSE)
  steps <- list(at_risk = fit$n.risk, events = fit$n.event, censored = fit$n.censor, survival = fit$surv,
                std_error = fit$surv * fit$std.err, low = fit$lower, high = fit$upper)
  note("late_or_weighted", group, fit$time, steps)
  seen <- summary(fit, times = landmarks, extend = TRUE)
  note("late_or_weighted_at_risk", group, landmarks, list(at_risk = seen$n.risk))
}

two_arms <- function(rows) {
  forms <- list(plain = Surv(time, event) ~ in_arm, stratified = Surv(time, event) ~ in_arm + strata(stratum))
  for (form in names(forms)) {
    chi_square <- logrank(forms[[form]], rows)
    p_value <- pchisq(chi_square, 1, lower.tail = FALSE)
    note("logrank_test", form, NA, list(statistic = chi_square, p_value = p_value))
    for (ties in c("efron", "breslow")) {
      if (sum(rows$event) > 0) note("hazard_ratio", paste(form, ties), NA, cox(forms[[form]], rows, ties))
    }
  }
}

shipped <- public_tables()
sent <- given("rows", colClasses = c(stratum = "character"))
rows <- rbind(sent[is.na(sent$entry) & is.na(sent$weight), names(shipped)], shipped)
asked <- given("landmarks")
for (current in unique(rows$table)) {
  members <- rows[rows$table == current, ]
  landmarks <- asked$time[asked$table == current]
  if (length(landmarks) == 0) landmarks <- unname(quantile(members$time, c(0, 0.25, 0.5, 0.75, 1), type = 1))
  one_arm(members[members$in_arm == 1, ], "arm", landmarks)
  one_arm(members[members$in_arm == 0, ], "reference", landmarks)
  restricted_means(members[members$in_arm == 1, ], "arm", landmarks)
  restricted_means(members[members$in_arm == 0, ], "reference", landmarks)
  two_arms(members)
}
special <- sent[!is.na(sent$entry) | !is.na(sent$weight), ]
special$weight[is.na(special$weight)] <- 1
for (current in unique(special$table)) {
  members <- special[special$table == current, ]
  landmarks <- asked$time[asked$table == current]
  late_or_weighted(members, "all", landmarks)
}
write_table(rows, file.path(folder, "data.csv"))
write_results()
