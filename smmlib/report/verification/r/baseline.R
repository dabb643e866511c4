# Characteristics at baseline by arm and in all, and how far two arms differ in them.

baseline_number <- function(q) {
  if (q$reference == "") return(of_column(values_of(q, q$arm), q))
  one <- values_of(q, q$arm)
  other <- values_of(q, q$reference)
  one <- one[!is.na(one)]
  other <- other[!is.na(other)]
  if (is.numeric(one)) means_compared(one, other, q$measure) else levels_compared(one, other, q$measure)
}

values_of <- function(q, arm) {
  subjects <- part("subjects")
  members <- subjects$analysed == "1" & (arm == "" | subjects$arm == arm)
  described(subjects$patient[members], q$factor)
}

of_column <- function(values, q) {
  there <- values[!is.na(values)]
  if (q$measure == "missing") return(list(value = sum(is.na(values))))
  if (q$measure == "category") return(list(value = sum(there == q$level)))
  if (q$measure == "patients") return(list(value = length(there)))
  if (length(there) < 2) return("there are too few values")
  value <- switch(q$measure,
    mean = mean(there), standard_deviation = sd(there), median = median(there), minimum = min(there), maximum = max(there),
    lower_quartile = quantile(there, 0.25, type = 2), upper_quartile = quantile(there, 0.75, type = 2)
  )
  if (abs(value) < 1e-6 * sd(there)) value <- zapsmall(c(value, sd(there)))[1]
  list(value = unname(value))
}

means_compared <- function(one, other, measure) {
  std_dev <- sqrt((var(one) + var(other)) / 2)
  if (measure == "standardised_difference") return(list(value = (mean(one) - mean(other)) / std_dev))
  found <- t.test(one, other)
  list(statistic = unname(found$statistic), p_value = found$p.value)
}

# Yang and Dalton (2012): the distance of the shares of all levels but one, by the mean of their covariances.
levels_compared <- function(one, other, measure) {
  levels <- unique(c(one, other))
  if (length(levels) == 1 && measure != "test") return(list(value = 0))
  counts <- rbind(table(factor(one, levels)), table(factor(other, levels)))
  if (measure == "test") {
    found <- suppressWarnings(chisq.test(counts, correct = FALSE))
    return(list(statistic = unname(found$statistic), p_value = found$p.value))
  }
  shares <- (counts / rowSums(counts))[, -1, drop = FALSE]
  covariance <- function(share) diag(share, length(share)) - share %o% share
  spread <- (covariance(shares[1, ]) + covariance(shares[2, ])) / 2
  distance <- shares[1, ] - shares[2, ]
  list(value = sqrt(drop(distance %*% solve(spread, distance))))
}
