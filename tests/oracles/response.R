# R on counts of responders: every number that tests/stats/test_response_r.py compares.
#
#   rates.csv   in: table, responders, patients, level
#   pairs.csv   in: table, x, n, x0, n0, level; the arm, then the reference
#   strata.csv  in: table, x, n, x0, n0, level; one row a stratum
#
# binom.test, prop.test, fisher.test, mantelhaen.test and lm are R's own. Base R has no score limits of two proportions:
# they are found here from the likelihood alone, its slope brought to zero. See collect.R for the rest.

source("collect.R")

TINY <- 1e-13

root <- function(f, low, high) uniroot(f, c(low, high), tol = 1e-16, maxiter = 5000)$root
limits <- function(pair) list(low = pair[1], high = pair[2])

# ---- one proportion

mid_p <- function(x, n, level) {
  tail <- (1 - level) / 2
  above <- function(p) pbinom(x, n, p, lower.tail = FALSE) + dbinom(x, n, p) / 2 - tail
  below <- function(p) pbinom(x - 1, n, p) + dbinom(x, n, p) / 2 - tail
  c(if (x > 0) root(above, 0, 1) else 0, if (x < n) root(below, 0, 1) else 1)
}

jeffreys <- function(x, n, level) {
  tail <- (1 - level) / 2
  c(if (x > 0) qbeta(tail, x + 0.5, n - x + 0.5) else 0,
    if (x < n) qbeta(tail, x + 0.5, n - x + 0.5, lower.tail = FALSE) else 1)
}

normal <- function(p, n, level) {
  pmin(pmax(qnorm(c((1 - level) / 2, (1 + level) / 2), p, sqrt(p * (1 - p) / n)), 0), 1)
}

agresti_coull <- function(x, n, level) {
  added <- qchisq(level, 1)
  normal((x + added / 2) / (n + added), n + added, level)
}

# prop.test leaves its correction out when the hypothesis is nearer than half a patient; so it is put far away.
wilson <- function(x, n, level, correct) {
  far <- if (2 * x <= n) 0.99 else 0.01
  suppressWarnings(prop.test(x, n, p = far, conf.level = level, correct = correct))$conf.int
}

one_rate <- function(x, n, level) {
  list("clopper-pearson" = binom.test(x, n, conf.level = level)$conf.int, "wilson" = wilson(x, n, level, FALSE),
       "wilson-cc" = wilson(x, n, level, TRUE), "jeffreys" = jeffreys(x, n, level), "mid-p" = mid_p(x, n, level),
       "agresti-coull" = agresti_coull(x, n, level), "wald" = normal(x / n, n, level))
}

# ---- score limits of two proportions

# The likeliest rate of the reference, where `rate` is the other arm's and `slope` its derivative. What is brought to
# zero is the slope of the likelihood times p (1 - p) p0 (1 - p0).
likeliest <- function(x, n, x0, n0, rate, slope, low, high) {
  uphill <- function(p0) {
    p <- rate(p0)
    slope(p0) * (x * (1 - p) - (n - x) * p) * p0 * (1 - p0) + (x0 * (1 - p0) - (n0 - x0) * p0) * p * (1 - p)
  }
  ends <- c(low, high) + c(1, -1) * (high - low) * TINY
  if (uphill(ends[1]) <= 0) return(low)
  if (uphill(ends[2]) >= 0) return(high)
  root(uphill, ends[1], ends[2])
}

variance_of_difference <- function(x, n, x0, n0, d) {
  p0 <- likeliest(x, n, x0, n0, function(p0) p0 + d, function(p0) 1, max(0, -d), min(1, 1 - d))
  p <- min(max(p0 + d, 0), 1)
  p * (1 - p) / n + p0 * (1 - p0) / n0
}

difference_statistic <- function(x, n, x0, n0, d) {
  (x / n - x0 / n0 - d) / sqrt(variance_of_difference(x, n, x0, n0, d))
}

ratio_statistic <- function(x, n, x0, n0, log_ratio) {
  t <- exp(log_ratio)
  p0 <- likeliest(x, n, x0, n0, function(p0) t * p0, function(p0) t, 0, min(1, 1 / t))
  p <- min(t * p0, 1)
  (x / n - t * x0 / n0) / sqrt(p * (1 - p) / n + t^2 * p0 * (1 - p0) / n0)
}

# On logits, where the likeliest rates expect as many responders as there were.
odds_statistic <- function(x, n, x0, n0, log_ratio) {
  excess <- function(logit) {
    (n - x) * plogis(logit) - x * plogis(-logit) +
      (n0 - x0) * plogis(logit - log_ratio) - x0 * plogis(log_ratio - logit)
  }
  logit <- root(excess, -60, 60)
  weight <- function(logit) plogis(logit) * plogis(-logit)
  (x * plogis(-logit) - (n - x) * plogis(logit)) * sqrt(1 / (n * weight(logit)) + 1 / (n0 * weight(logit - log_ratio)))
}

# Where a falling statistic is z and -z; the ends of the range where it never is.
invert <- function(statistic, z, range) {
  inside <- if (all(is.finite(range))) range + c(1e-9, -1e-9) else c(-20, 20)
  at <- vapply(inside, statistic, 0)
  c(if (isTRUE(at[1] > z)) root(function(e) statistic(e) - z, inside[1], inside[2]) else range[1],
    if (isTRUE(at[2] < -z)) root(function(e) statistic(e) + z, inside[1], inside[2]) else range[2])
}

score_limits <- function(statistic, x, n, x0, n0, level, range, corrected) {
  z <- qnorm((1 + level) / 2) * (if (corrected) sqrt((n + n0) / (n + n0 - 1)) else 1)
  invert(function(effect) statistic(x, n, x0, n0, effect), z, range)
}

# ---- other limits of two proportions

newcombe <- function(x, n, x0, n0, level, correct) {
  one <- wilson(x, n, level, correct)
  other <- wilson(x0, n0, level, correct)
  p <- x / n
  p0 <- x0 / n0
  p - p0 + c(-1, 1) * sqrt(c((p - one[1])^2 + (other[2] - p0)^2, (one[2] - p)^2 + (p0 - other[1])^2))
}

two_sample <- function(x, n, x0, n0, level) {
  suppressWarnings(prop.test(c(x, x0), c(n, n0), conf.level = level, correct = FALSE))$conf.int
}

hauck_anderson <- function(x, n, x0, n0, level) {
  if (min(n, n0) == 1) return(c(NA, NA))
  error <- sqrt(x / n * (1 - x / n) / (n - 1) + x0 / n0 * (1 - x0 / n0) / (n0 - 1))
  margin <- 1 / (2 * min(n, n0)) + qnorm((1 + level) / 2) * error
  pmin(pmax(x / n - x0 / n0 + c(-1, 1) * margin, -1), 1)
}

logarithmic <- function(estimate, error, level) {
  if (!is.finite(error)) c(NA, NA) else exp(qnorm(c((1 - level) / 2, (1 + level) / 2), log(estimate), error))
}

# fisher.test searches its own limits to four digits only; its one-sided P values are exact and are inverted here.
fisher_limits <- function(x, n, x0, n0, level) {
  table <- matrix(c(x, n - x, x0, n0 - x0), 2)
  if (x + x0 == 0 || x + x0 == n + n0) return(c(NA, NA))
  tail <- function(log_ratio, side) {
    fisher.test(table, or = exp(log_ratio), alternative = side)$p.value - (1 - level) / 2
  }
  c(if (x > max(0, x + x0 - n0)) exp(root(function(t) tail(t, "greater"), -25, 25)) else 0,
    if (x < min(n, x + x0)) exp(root(function(t) tail(t, "less"), -25, 25)) else NA)
}

difference_limits <- function(x, n, x0, n0, level) {
  score <- function(corrected) score_limits(difference_statistic, x, n, x0, n0, level, c(-1, 1), corrected)
  list("miettinen-nurminen" = score(TRUE), "mee" = score(FALSE), "newcombe" = newcombe(x, n, x0, n0, level, FALSE),
       "newcombe-cc" = newcombe(x, n, x0, n0, level, TRUE), "wald" = two_sample(x, n, x0, n0, level),
       "agresti-caffo" = two_sample(x + 1, n + 2, x0 + 1, n0 + 2, level),
       "hauck-anderson" = hauck_anderson(x, n, x0, n0, level))
}

ratio_limits <- function(x, n, x0, n0, level) {
  score <- function(corrected) {
    if (x + x0 == 0) return(c(NA, NA))
    exp(score_limits(ratio_statistic, x, n, x0, n0, level, c(-Inf, Inf), corrected))
  }
  error <- sqrt(1 / x - 1 / n + 1 / x0 - 1 / n0)
  list("miettinen-nurminen" = score(TRUE), "koopman" = score(FALSE),
       "katz" = logarithmic((x / n) / (x0 / n0), error, level))
}

odds_limits <- function(x, n, x0, n0, level) {
  y <- n - x
  y0 <- n0 - x0
  score <- if (x + x0 == 0 || y + y0 == 0) c(NA, NA) else {
    exp(score_limits(odds_statistic, x, n, x0, n0, level, c(-Inf, Inf), TRUE))
  }
  error <- sqrt(1 / x + 1 / y + 1 / x0 + 1 / y0)
  list("miettinen-nurminen" = score, "woolf" = logarithmic(x * y0 / (y * x0), error, level),
       "exact-conditional" = fisher_limits(x, n, x0, n0, level))
}

two_rates <- function(x, n, x0, n0, level) {
  for (verb in c("rate_difference", "rate_ratio", "odds_ratio")) {
    found <- switch(verb, rate_difference = difference_limits, rate_ratio = ratio_limits, odds_ratio = odds_limits)
    intervals <- found(x, n, x0, n0, level)
    for (method in names(intervals)) note(verb, method, NA_real_, limits(intervals[[method]]))
  }
  exact <- fisher.test(matrix(c(x, n - x, x0, n0 - x0), 2), conf.level = level)
  rough <- exact$conf.int
  sides <- lapply(c(less = "less", greater = "greater"), function(side) {
    fisher.test(matrix(c(x, n - x, x0, n0 - x0), 2), alternative = side)$p.value
  })
  note("fisher_test", "", NA_real_, c(list(p_value = exact$p.value, rough_low = rough[1], rough_high = rough[2]), sides))
}

# ---- strata

# The Mantel-Haenszel difference is the arm's coefficient in a linear model with a level for each stratum.
linear_model <- function(tables) {
  cells <- with(tables, data.frame(
    responded = rep(c(1, 0, 1, 0), each = nrow(tables)), in_arm = rep(c(1, 1, 0, 0), each = nrow(tables)),
    stratum = factor(rep(seq_len(nrow(tables)), 4)), patients = c(x, n - x, x0, n0 - x0)
  ))
  form <- if (nrow(tables) > 1) responded ~ in_arm + stratum else responded ~ in_arm
  unname(coef(lm(form, cells, weights = patients))["in_arm"])
}

sato_error <- function(tables, difference) with(tables, {
  total <- n + n0
  p <- sum((n^2 * x0 - n0^2 * x + n * n0 * (n0 - n) / 2) / total^2)
  q <- sum((x * (n0 - x0) + x0 * (n - x)) / (2 * total))
  sqrt(max(difference * p + q, 0)) / sum(n * n0 / total)
})

stratified_score <- function(tables, level) {
  weight <- with(tables, n * n0 / (n + n0))
  distance <- with(tables, sum(weight * (x / n - x0 / n0)))
  statistic <- function(d) {
    variance <- with(tables, mapply(variance_of_difference, x, n, x0, n0, d) * (n + n0) / (n + n0 - 1))
    (distance - sum(weight) * d) / sqrt(sum(weight^2 * variance))
  }
  invert(statistic, qnorm((1 + level) / 2), c(-1, 1))
}

interaction_test <- function(tables) {
  both <- with(tables, x + x0)
  tables <- tables[both > 0 & both < with(tables, n + n0), ]
  if (nrow(tables) < 2) return(list(statistic = NA_real_, p_value = NA_real_))
  long <- with(tables, data.frame(x = c(x, x0), n = c(n, n0), arm = rep(1:0, each = length(x)),
                                  subgroup = factor(rep(seq_along(x), 2))))
  # where everybody responds the fitted probabilities are 0 or 1, of which glm warns
  model <- suppressWarnings(glm(cbind(x, n - x) ~ arm + subgroup, binomial, long,
                                control = glm.control(epsilon = 1e-14, maxit = 100)))
  # where one ratio, 0 or infinite, fits all tables, glm only comes near to it
  statistic <- if (deviance(model) < 1e-6) 0 else deviance(model)
  list(statistic = statistic, p_value = pchisq(statistic, nrow(tables) - 1, lower.tail = FALSE))
}

strata <- function(tables, level) {
  difference <- linear_model(tables)
  score <- stratified_score(tables, level)
  error <- sato_error(tables, difference)
  note("stratified_rate_difference", "", NA_real_,
       list(value = difference, std_error = error, low = score[1], high = score[2]))
  above <- with(tables, sum(x * n0 / (n + n0)))
  below <- with(tables, sum(x0 * n / (n + n0)))
  spread <- with(tables, sum((n * n0 * (x + x0) - x * x0 * (n + n0)) / (n + n0)^2))
  note("stratified_rate_ratio", "", NA_real_, list(value = above / below, std_error = sqrt(spread / (above * below))))
  # mantelhaen.test asks for two strata; a copy of the only one changes the variances in a known way.
  copies <- if (nrow(tables) == 1) 2 else 1
  doubled <- tables[rep(seq_len(nrow(tables)), copies), ]
  cells <- with(doubled, array(rbind(x, n - x, x0, n0 - x0), c(2, 2, nrow(doubled))))
  test <- suppressWarnings(mantelhaen.test(cells, correct = FALSE, conf.level = level))
  error <- log(test$conf.int[2] / test$estimate) / qnorm((1 + level) / 2) * sqrt(copies)
  note("stratified_odds_ratio", "", NA_real_, list(value = test$estimate, std_error = error))
  interaction <- interaction_test(tables)
  note("odds_ratio_interaction_test", "", NA_real_, interaction)
  statistic <- test$statistic / copies
  one_sided <- lapply(c(less = "less", greater = "greater"), function(side) {
    if (copies > 1) return(NA_real_)
    suppressWarnings(mantelhaen.test(cells, correct = FALSE, alternative = side)$p.value)
  })
  note("cochran_mantel_haenszel_test", "", NA_real_,
       c(list(statistic = statistic, p_value = pchisq(statistic, 1, lower.tail = FALSE)), one_sided))
}

rates <- given("rates")
for (row in seq_len(nrow(rates))) with(rates[row, ], {
  current <<- table
  intervals <- one_rate(responders, patients, level)
  for (method in names(intervals)) note("response_rate", method, NA_real_, limits(intervals[[method]]))
})
pairs <- given("pairs")
for (row in seq_len(nrow(pairs))) with(pairs[row, ], {
  current <<- table
  two_rates(x, n, x0, n0, level)
})
stratified <- given("strata")
for (current in unique(stratified$table)) {
  tables <- stratified[stratified$table == current, ]
  strata(tables, tables$level[1])
}
write_results()
