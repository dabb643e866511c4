# Weighted log-rank tests by R's `survival`: every number that tests/stats/test_weighted_r.py compares.
#
#   rows.csv    in: table, time, event, in_arm, stratum, entry, until; one row a patient, entry empty where nobody
#               enters late, until the time at which modest weights stop to grow
#
# survdiff has Fleming-Harrington weights (rho, 0). The others are score tests of the exact partial likelihood: each
# event time is a stratum of those at risk then, and the covariate is the arm times the weight. Score and information
# are then the weighted excess and its hypergeometric variance. See collect.R for the rest.

suppressPackageStartupMessages(library(survival))
source("collect.R")

FLEMING_HARRINGTON <- list(c(0, 0), c(1, 0), c(0, 1), c(1, 1), c(0.5, 0.5), c(0.5, 2))
MANY <- 20000
FEW_WEIGHTS <- c("gehan", "modified-peto", "modest time", "fh 0.5 2")
STANDARD <- c("fh 0 0", "fh 1 0", "fh 0 1", "fh 1 1")

tied <- function(rows) {
  late <- !anyNA(rows$entry)
  observed <- aeqSurv(if (late) with(rows, Surv(entry, time, event)) else with(rows, Surv(time, event)))
  rows$time <- observed[, if (late) "stop" else "time"]
  rows$entry <- if (late) observed[, "start"] else -Inf
  rows
}

# Weights at the event times of one stratum: a data frame, a row a time.
weights_of <- function(members) {
  observed <- with(members, if (is.finite(entry[1])) Surv(entry, time, event) else Surv(time, event))
  pooled <- survfit(observed ~ 1, data.frame(observed))
  before <- c(1, pooled$surv[-length(pooled$surv)])
  seen <- pooled$n.event > 0
  n <- pooled$n.risk[seen]
  before <- before[seen]
  least <- summary(pooled, times = members$until[1], extend = TRUE)$surv
  peto <- exp(cumsum(log1p(-pooled$n.event[seen] / (n + 1))))
  frame <- data.frame(time = pooled$time[seen], gehan = n, "tarone-ware" = sqrt(n), peto = peto,
                      "modified-peto" = peto * n / (n + 1), "modest time" = 1 / pmax(before, least),
                      "modest survival" = 1 / pmax(before, 0.5), check.names = FALSE)
  for (powers in FLEMING_HARRINGTON) {
    frame[[paste("fh", powers[1], powers[2])]] <- before^powers[1] * (1 - before)^powers[2]
  }
  frame
}

# Everybody at risk at each event time, with the weights of the time.
risk_sets <- function(rows, groups) {
  sets <- list()
  for (members in split(rows, groups)) {
    if (!any(members$event == 1)) next
    weights <- weights_of(members)
    for (at in seq_len(nrow(weights))) {
      time <- weights$time[at]
      at_risk <- members[members$entry < time & members$time >= time, ]
      now <- at_risk$time == time & at_risk$event == 1
      # The weights may be without bound where one arm alone is at risk.
      if (length(unique(at_risk$in_arm)) == 2) {
        sets[[length(sets) + 1]] <- list(arm = at_risk$in_arm, event = as.numeric(now), weight = weights[at, -1])
      }
    }
  }
  sets
}

# Score test and information, of the exact partial likelihood at a hazard ratio of 1.
score_test <- function(sets, covariate) {
  # An infinite weight times an arm of 0 is no number.
  if (anyNA(covariate) || diff(range(covariate)) == 0) return(c(score = NA, information = NA))
  set <- rep(seq_along(sets), lengths(lapply(sets, `[[`, "arm")))
  event <- unlist(lapply(sets, `[[`, "event"))
  fit <- suppressWarnings(coxph(Surv(rep(1, length(event)), event) ~ covariate + strata(set), ties = "exact",
                                init = 0, control = coxph.control(iter.max = 0)))
  c(score = fit$score, information = 1 / fit$var[1, 1])
}

# Chance that one of correlated normals of rank 3 or less is beyond the size: mean over directions.
tail_of <- function(size, correlation) {
  parts <- eigen(correlation, symmetric = TRUE)
  normals <- parts$vectors[, 1:3] %*% diag(sqrt(pmax(parts$values[1:3], 0)))
  up <- (seq_len(300) - 0.5) / 300
  angle <- (seq_len(600) - 0.5) * 2 * pi / 600
  across <- sqrt(1 - up^2)
  directions <- rbind(rep(up, each = 600), as.vector(outer(cos(angle), across)), as.vector(outer(sin(angle), across)))
  reach <- do.call(pmax, lapply(seq_len(nrow(normals)), function(row) abs(drop(normals[row, ] %*% directions))))
  mean(pchisq((size / reach)^2, 3, lower.tail = FALSE))
}

combination <- function(single, pairs) {
  information <- vapply(single[STANDARD], `[[`, 0, "information")
  scores <- vapply(single[STANDARD], `[[`, 0, "score")
  # A weight of 0 may be 1e-17 here, where survival is a difference.
  if (anyNA(information) || any(information <= 1e-12 * max(information))) return(list(statistic = NA, p_value = NA))
  covariance <- diag(information)
  for (pair in names(pairs)) {
    at <- match(strsplit(pair, " & ")[[1]], STANDARD)
    shared <- (pairs[[pair]][["information"]] - sum(information[at])) / 2
    covariance[at[1], at[2]] <- covariance[at[2], at[1]] <- shared
  }
  size <- sqrt(max(scores))
  list(statistic = size, p_value = tail_of(size, cov2cor(covariance)))
}

weighted <- function(rows, form, groups) {
  sets <- risk_sets(rows, groups)
  if (length(sets) == 0) return()
  arm <- unlist(lapply(sets, `[[`, "arm"))
  size <- lengths(lapply(sets, `[[`, "arm"))
  column <- function(name) rep(vapply(sets, function(set) set$weight[[name]], 0), size)
  # A fit takes long where there are many patients: then there are a few of them, and no combination.
  many <- length(arm) > MANY
  names <- if (many) FEW_WEIGHTS else names(sets[[1]]$weight)
  single <- lapply(setNames(names, names), function(name) score_test(sets, arm * column(name)))
  for (name in names) {
    note("weighted_logrank_test", paste(form, name, sep = ": "), NA_real_,
         list(statistic = single[[name]][["score"]], information = single[[name]][["information"]]))
  }
  if (many) return()
  both <- combn(STANDARD, 2, simplify = FALSE)
  names(both) <- vapply(both, paste, "", collapse = " & ")
  pairs <- lapply(both, function(pair) score_test(sets, arm * (column(pair[1]) + column(pair[2]))))
  note("maxcombo_test", form, NA_real_, combination(single, pairs))
}

# An error of survdiff (a singular variance) is a missing number.
survdiff_tests <- function(rows, form, formula) {
  for (rho in c(0, 0.5, 1, 2)) {
    chi_square <- tryCatch(survdiff(formula, rows, rho = rho)$chisq, error = function(problem) NA)
    note("survdiff", paste(form, rho, sep = ": "), NA_real_, list(statistic = chi_square))
  }
}

rows <- given("rows", colClasses = c(stratum = "character"))
for (current in unique(rows$table)) {
  members <- tied(rows[rows$table == current, ])
  weighted(members, "plain", rep("all", nrow(members)))
  weighted(members, "stratified", members$stratum)
  if (!is.finite(members$entry[1])) {
    survdiff_tests(members, "plain", Surv(time, event) ~ in_arm)
    survdiff_tests(members, "stratified", Surv(time, event) ~ in_arm + strata(stratum))
  }
}
write_results()
