# R's `survival` on the analyses of robustness: every number that tests/stats/test_robustness_r.py compares.
#
#   rows.csv       in: table, time, event, in_arm, stratum, response_time; one row a patient
#   landmarks.csv  in: table, time
#   shifts.csv     in: table, shift
#   completed.csv  in: table, group, imputation, time, event, in_arm, stratum; completed data sets, of which the group
#                  says what was assumed, and first whether the analysis is "plain" or "stratified"
#   fragility.csv  in: first, size, second, other_size, alpha
#   data.csv       out: rows.csv and the tables that ship with `survival`, in the same columns
# Public tables of `survival` get the landmarks and shifts at quartiles of their times. See collect.R for the rest.

suppressPackageStartupMessages(library(survival))
source("collect.R")

CONVERGED <- coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 100)

table_of <- function(name, time, event, in_arm, stratum, response_time) {
  rows <- data.frame(table = name, time = as.numeric(time), event = as.numeric(event), in_arm = as.numeric(in_arm),
                     stratum = as.character(stratum), response_time = as.numeric(response_time))
  rows[complete.cases(rows[1:5]), ]
}

# Transplantation, complete remission, progression and recurrence in the place of a response.
public_tables <- function() {
  recurred <- subset(colon, etype == 1)
  died <- subset(colon, etype == 2)
  died$recurrence <- ifelse(recurred$status == 1, recurred$time, NA)[match(died$id, recurred$id)]
  rbind(
    with(jasa, table_of("R jasa", futime, fustat, surgery, age > 48, wait.time)),
    with(myeloid, table_of("R myeloid", futime, death, trt == "B", sex, crtime)),
    with(myeloid, table_of("R myeloid transplant", futime, death, trt == "B", sex, txtime)),
    with(mgus2, table_of("R mgus2", futime, death, sex == "F", age > 70, ifelse(pstat == 1, ptime, NA))),
    with(subset(died, rx != "Lev"), table_of("R colon", time, status, rx == "Lev+5FU", differ, recurrence))
  )
}

fit <- function(formula, rows, ties = "efron") {
  if (nrow(rows) == 0 || sum(rows$event) == 0) return(list(coefficient = NA, std_error = NA))
  model <- tryCatch(suppressWarnings(coxph(formula, rows, ties = ties, control = CONVERGED)),
                    error = function(problem) NULL)
  if (is.null(model) || is.na(coef(model)[1])) return(list(coefficient = NA, std_error = NA))
  list(coefficient = unname(coef(model)), std_error = sqrt(model$var[1, 1]))
}

landmark_analysis <- function(rows, landmark) {
  later <- rows[rows$time > landmark, ]
  later$responded <- as.numeric(!is.na(later$response_time) & later$response_time <= landmark)
  later$time <- later$time - landmark
  for (ties in c("efron", "breslow")) {
    numbers <- fit(Surv(time, event) ~ responded, later, ties)
    note("landmark_hazard_ratio", paste("plain", ties), landmark, c(numbers, n = nrow(later)))
    numbers <- fit(Surv(time, event) ~ responded + strata(stratum), later, ties)
    note("landmark_hazard_ratio", paste("stratified", ties), landmark, c(numbers, n = nrow(later)))
  }
}

# `tmerge` decides what a response at the start, at the end or after it means; it refuses who is never at risk.
time_dependent <- function(rows) {
  rows <- rows[rows$time > 0, ]
  if (nrow(rows) == 0) return()
  rows$id <- seq_len(nrow(rows))
  base <- rows[c("id", "time", "stratum")]
  split <- tmerge(base, base, id = id, tstop = time)
  split <- tmerge(split, rows, id = id, event = event(time, event))
  split$responded <- 0
  responses <- rows[!is.na(rows$response_time), ]
  if (nrow(responses) > 0) {
    split$responded <- NULL
    split <- tmerge(split, responses, id = id, responded = tdc(response_time))
  }
  for (ties in c("efron", "breslow")) {
    numbers <- fit(Surv(tstart, tstop, event) ~ responded, split, ties)
    note("time_dependent_response_hazard_ratio", paste("plain", ties), NA, c(numbers, n = nrow(rows)))
    numbers <- fit(Surv(tstart, tstop, event) ~ responded + strata(stratum), split, ties)
    note("time_dependent_response_hazard_ratio", paste("stratified", ties), NA, c(numbers, n = nrow(rows)))
  }
}

shifted_events <- function(rows, shift) {
  for (moved_arm in c(0, 1)) {
    moved <- rows
    late <- rows$event == 1 & rows$in_arm == moved_arm
    moved$time[late] <- pmax(rows$time[late] - shift, 0)
    note("event_time_shift", paste("plain", moved_arm), shift, fit(Surv(time, event) ~ in_arm, moved))
    note("event_time_shift", paste("stratified", moved_arm), shift,
         fit(Surv(time, event) ~ in_arm + strata(stratum), moved))
  }
}

# Rubin's rules, with his degrees of freedom.
pooled <- function(sets, formula, level) {
  fits <- lapply(split(sets, sets$imputation), function(set) fit(formula, set))
  values <- vapply(fits, `[[`, 0, "coefficient")
  errors <- vapply(fits, `[[`, 0, "std_error")
  m <- length(values)
  between <- (1 + 1 / m) * var(values)
  total <- mean(errors^2) + between
  df <- if (isTRUE(between > 0)) (m - 1) * (total / between)^2 else Inf
  margin <- qt((1 + level) / 2, df) * sqrt(total)
  list(coefficient = mean(values), std_error = sqrt(total), low = mean(values) - margin, high = mean(values) + margin,
       largest = max(abs(values)))
}

fragile <- function(first, size, second, other_size, alpha) {
  if (second < first || (second == first && other_size > size)) {
    return(fragile(second, other_size, first, size, alpha))
  }
  step <- if (first / size <= second / other_size) 1 else -1
  changed <- 0
  while (fisher.test(matrix(c(first, size - first, second, other_size - second), 2))$p.value < alpha) {
    first <- first + step
    changed <- changed + 1
    if (first < 0 || first > size) return(NA)
  }
  changed
}

rows <- rbind(given("rows", colClasses = c(stratum = "character")), public_tables())
landmarks <- given("landmarks")
shifts <- given("shifts")
for (current in unique(rows$table)) {
  members <- rows[rows$table == current, ]
  quartiles <- unname(quantile(members$time, c(0, 0.1, 0.25, 0.5, 0.75), type = 1))
  asked <- landmarks$time[landmarks$table == current]
  for (landmark in if (length(asked) == 0) quartiles else asked) landmark_analysis(members, landmark)
  time_dependent(members)
  asked <- shifts$shift[shifts$table == current]
  for (shift in if (length(asked) == 0) unique(c(0, quartiles)) else asked) shifted_events(members, shift)
}
completed <- given("completed", colClasses = c(stratum = "character"))
for (current in unique(completed$table)) {
  for (group in unique(completed$group)) {
    sets <- completed[completed$table == current & completed$group == group, ]
    stratified <- Surv(time, event) ~ in_arm + strata(stratum)
    formula <- if (startsWith(group, "stratified")) stratified else Surv(time, event) ~ in_arm
    note("pooled", group, NA, pooled(sets, formula, 0.95))
  }
}
current <- "fragility"
tables <- given("fragility")
for (row in seq_len(nrow(tables))) {
  key <- paste(tables$first[row], tables$size[row], tables$second[row], tables$other_size[row], tables$alpha[row])
  note("fragility_index", key, NA, list(value = do.call(fragile, as.list(tables[row, ]))))
}
write_table(rows, file.path(folder, "data.csv"))
write_results()
