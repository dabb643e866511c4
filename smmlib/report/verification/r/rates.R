# Two rates compared: score limits of Miettinen and Nurminen (1985, Stat Med 4:213-226), by uniroot from their formula.

EXACTLY <- 1e-15
BESIDE <- 1e-12
HALVINGS <- 60
MOST_LOG_ODDS <- 40

root <- function(of, low, high) uniroot(of, c(low, high), tol = EXACTLY, maxiter = 10000)$root

# One term of the derivative of a log-likelihood; without patients none, even where the rate is 0.
term <- function(count, rate) if (count == 0) 0 else count / rate

# The most likely rate of the reference where the rates differ by d: the derivative falls from one end to the other, at
# which it may be infinite, so that it is halved.
likely_reference_rate <- function(x, n, x0, n0, d) {
  low <- max(0, -d)
  high <- min(1, 1 - d)
  for (halving in 1:HALVINGS) {
    rate <- (low + high) / 2
    rises <- term(x, rate + d) + term(x0, rate) > term(n - x, 1 - rate - d) + term(n0 - x0, 1 - rate)
    if (rises) low <- rate else high <- rate
  }
  (low + high) / 2
}

# Variance of the difference of one stratum under the hypothesis that it is d, with the factor N / (N - 1).
variance_at <- function(x, n, x0, n0, d) {
  rate0 <- likely_reference_rate(x, n, x0, n0, d)
  rate <- min(max(rate0 + d, 0), 1)
  (rate * (1 - rate) / n + rate0 * (1 - rate0) / n0) * (n + n0) / (n + n0 - 1)
}

# The difference with Mantel-Haenszel weights; of one stratum the plain one. Columns x, n, x0, n0, a row a stratum.
rate_difference <- function(tables, level) {
  tables <- tables[tables$n > 0 & tables$n0 > 0, ]
  weights <- with(tables, n * n0 / (n + n0))
  value <- sum(weights * with(tables, x / n - x0 / n0)) / sum(weights)
  z <- normal_quantile(level)
  beyond <- function(d) {
    variances <- vapply(seq_len(nrow(tables)), function(row) do.call(variance_at, c(as.list(tables[row, ]), d = d)), 0)
    sum(weights) * abs(value - d) - z * sqrt(sum(weights^2 * variances))
  }
  # At the observed difference itself the variance may be 0.
  list(value = value,
       low = if (value <= -1) -1 else root(beyond, -1, value - BESIDE),
       high = if (value >= 1) 1 else root(beyond, value + BESIDE, 1))
}

# ---- odds ratio

# The score of the arm's responders where the odds ratio is given, in standard deviations: it falls as the ratio grows.
score_at_odds <- function(x, n, x0, n0, log_ratio) {
  excess <- function(log_odds) n * plogis(log_odds + log_ratio) + n0 * plogis(log_odds) - x - x0
  log_odds <- root(excess, -2 * MOST_LOG_ODDS, 2 * MOST_LOG_ODDS)
  expected <- n * plogis(log_odds + log_ratio)
  information <- 1 / (expected * plogis(-log_odds - log_ratio)) + 1 / (n0 * plogis(log_odds) * plogis(-log_odds))
  (x - expected) * sqrt(information * (n + n0 - 1) / (n + n0))
}

odds_ratio <- function(x, n, x0, n0, level) {
  if (x + x0 == 0 || x + x0 == n + n0) return("nobody responded, or everybody did")
  z <- normal_quantile(level)
  limit <- function(at) {
    distance <- function(log_ratio) score_at_odds(x, n, x0, n0, log_ratio) - at
    exp(root(distance, -MOST_LOG_ODDS, MOST_LOG_ODDS))
  }
  value <- x * (n0 - x0) / ((n - x) * x0)
  if (value == 0) return(list(value = 0, low = 0, high = limit(-z)))
  if (!is.finite(value)) return(list(low = limit(z)))
  list(value = value, low = limit(z), high = limit(-z),
       std_error = sqrt(1 / x + 1 / (n - x) + 1 / x0 + 1 / (n0 - x0)))
}

# Fisher's test, with the odds ratio of the sample beside it.
fisher <- function(x, n, x0, n0) {
  ratio <- x * (n0 - x0) / ((n - x) * x0)
  p_value <- fisher.test(matrix(c(x, n - x, x0, n0 - x0), 2))$p.value
  c(if (is.finite(ratio)) list(statistic = ratio), list(p_value = p_value))
}
