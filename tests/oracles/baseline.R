# Baseline characteristics of two arms.
#   Rscript baseline.R FOLDER
# FOLDER/measurements.csv has the columns table, arm, value; FOLDER/categories.csv table, patients, reference_patients.
# Of measurements: by arm and in all n, mean, sd, quantile(type = 2), min and max; the standardised difference, t.test.
# Of categories: the distance of Yang & Dalton as the package stddiff has it, without its first level; chisq.test.
source("collect.R")

describe <- function(values, group) {
  quartiles <- quantile(values, c(0.25, 0.5, 0.75), type = 2, na.rm = TRUE, names = FALSE)
  note("summary", group, NA_real_, list(
    n = sum(!is.na(values)), missing = sum(is.na(values)), mean = mean(values, na.rm = TRUE),
    std_dev = sd(values, na.rm = TRUE), lower_quartile = quartiles[1], median = quartiles[2],
    upper_quartile = quartiles[3], minimum = min(values, na.rm = TRUE), maximum = max(values, na.rm = TRUE)
  ))
}

for (rows in split(given("measurements"), given("measurements")$table)) {
  current <- rows$table[1]
  arm <- rows$value[rows$arm == 1]
  reference <- rows$value[rows$arm == 0]
  describe(arm, "arm")
  describe(reference, "reference")
  describe(rows$value, "all")
  pooled <- sqrt((var(arm, na.rm = TRUE) + var(reference, na.rm = TRUE)) / 2)
  note("standardised", "", NA_real_, list(value = (mean(arm, na.rm = TRUE) - mean(reference, na.rm = TRUE)) / pooled))
  test <- t.test(arm, reference)
  note("test", "", NA_real_, list(statistic = test$statistic, p_value = test$p.value))
}

for (rows in split(given("categories"), given("categories")$table)) {
  current <- rows$table[1]
  counts <- as.matrix(rows[rowSums(rows[, -3]) > 0, c("patients", "reference_patients")])
  rates <- prop.table(counts, 2)[-1, , drop = FALSE]
  difference <- rates[, 1] - rates[, 2]
  covariance <- -(rates[, 1] %o% rates[, 1] + rates[, 2] %o% rates[, 2]) / 2
  diag(covariance) <- (rates[, 1] * (1 - rates[, 1]) + rates[, 2] * (1 - rates[, 2])) / 2
  note("distance", "", NA_real_, list(value = sqrt(drop(difference %*% solve(covariance, difference)))))
  test <- suppressWarnings(chisq.test(counts, correct = FALSE))
  note("test", "", NA_real_, list(statistic = test$statistic, p_value = test$p.value, df = test$parameter))
}
write_results()
