# R's `cmprsk` on several groups with competing risks: every number that tests/stats/test_competing_groups_r.py compares.
#
#   rows.csv  in: table, time, cause, group, stratum; one row a patient
#
# Gray's test takes each cause as 1 among 2, and its P value from the upper tail: the printed one is 1 minus the lower. An
# error of cuminc, a variance that is no number, is a missing number. Differences of incidence are those of the last group
# and the first, at times between events, with the variances of cuminc added. See collect.R for the rest.

suppressPackageStartupMessages(library(cmprsk))
source("collect.R")

gray <- function(rows, form) {
  strata <- if (form == "stratified") rows$stratum else rep(1, nrow(rows))
  for (cause in sort(unique(rows$cause[rows$cause > 0]))) {
    as_one <- ifelse(rows$cause == cause, 1, ifelse(rows$cause == 0, 0, 2))
    tests <- tryCatch(cuminc(rows$time, as_one, rows$group, strata)$Tests, error = function(problem) NULL)
    statistic <- if (is.null(tests)) NA else tests["1", "stat"]
    df <- if (is.null(tests)) NA else tests["1", "df"]
    p_value <- pchisq(statistic, df, lower.tail = FALSE)
    note("gray", paste(form, cause), NA, list(statistic = statistic, df = df, p_value = p_value))
  }
}

differences <- function(rows) {
  groups <- sort(unique(rows$group))
  pair <- rows[rows$group %in% groups[c(1, length(groups))], ]
  if (all(pair$cause == 0)) return()
  last <- min(tapply(pair$time, pair$group, max))
  times <- unique(pmin(floor(quantile(pair$time, c(0.2, 0.5, 0.8))) + 0.5, last))
  steps <- timepoints(cuminc(pair$time, pair$cause, pair$group), times)
  for (cause in sort(unique(pair$cause[pair$cause > 0]))) {
    names <- paste(groups[c(length(groups), 1)], cause)
    if (!all(names %in% rownames(steps$est))) next
    estimate <- steps$est[names[1], ] - steps$est[names[2], ]
    variance <- steps$var[names[1], ] + steps$var[names[2], ]
    margin <- qnorm(0.975) * sqrt(variance)
    note("difference", as.character(cause), times, list(
      value = estimate, variance = variance, low = estimate - margin, high = estimate + margin
    ))
  }
}

rows <- given("rows", colClasses = c(stratum = "character", group = "character"))
for (current in unique(rows$table)) {
  members <- rows[rows$table == current, ]
  for (form in c("plain", "stratified")) gray(members, form)
  differences(members)
}
write_results()
