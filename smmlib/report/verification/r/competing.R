# Competing risks, by `cmprsk`, and by `survival` where it is not installed.

OF_CAUSES <- c("incidence", "incidence_difference", "gray_test", "overall_gray_test", "cause_specific_hazard_ratio")
WITHOUT_CMPRSK <- "it needs R's package cmprsk, which is not installed"

OTHER_VARIANCE <- "with late entry R has another variance of incidence"

has_cmprsk <- function() {
  any(asked$measure %in% OF_CAUSES) && requireNamespace("cmprsk", quietly = TRUE)
}

cause_of <- function(q) if (q$variant == "competing") 2 else 1

competing_number <- function(q) {
  patients <- patients_of(q$endpoint)
  level <- number_said(of_endpoint(q$endpoint), "conf_level")
  switch(q$measure,
    incidence = with_log_log_limits(incidence(patients[patients$arm == q$arm, ], q), level),
    incidence_difference = incidence_difference(incidence(patients[patients$arm == q$arm, ], q),
                                                incidence(patients[patients$arm == q$reference, ], q), level),
    gray_test = gray(of_pair(patients, q), q),
    overall_gray_test = gray(patients, q),
    cause_specific_hazard_ratio = cause_specific(of_pair(patients, q), q, level)
  )
}

incidence <- function(members, q) {
  at <- as.numeric(q$at)
  cause <- cause_of(q)
  if (at > max(members$time)) return(TOO_SHORT)
  if (!any(members$cause == cause)) return(list(value = 0, std_error = 0))
  members$cause <- factor(members$cause, 0:2)
  members$id <- seq_len(nrow(members))
  late <- is_late(members)
  formula <- if (late) Surv(entry, time, cause) ~ 1 else Surv(time, cause) ~ 1
  states <- survfit(formula, members, id = id)
  value <- summary(states, times = at)$pstate[, match(cause, states$states)]
  if (late || !has_cmprsk()) return(list(value = value, why = if (late) OTHER_VARIANCE else WITHOUT_CMPRSK))
  steps <- cmprsk::timepoints(cmprsk::cuminc(members$time, members$cause), at)
  list(value = value, std_error = sqrt(steps$var[paste(1, cause), 1]))
}

incidence_difference <- function(one, other, level) {
  found <- difference_of(one, other, level)
  if (is.character(found)) return(found)
  if (length(found$low)) found else list(value = found$value, why = c(one$why, other$why)[1])
}

with_log_log_limits <- function(found, level) {
  if (is.character(found) || is.null(found$std_error) || found$value <= 0) return(found)
  margin <- normal_quantile(level) * found$std_error / abs(found$value * log(found$value))
  c(found, low = found$value^exp(margin), high = found$value^exp(-margin))
}

gray <- function(patients, q) {
  if (!has_cmprsk()) return(WITHOUT_CMPRSK)
  as_one <- ifelse(patients$cause == cause_of(q), 1, ifelse(patients$cause == 0, 0, 2))
  strata <- if (is_said(of_endpoint(q$endpoint), "stratified")) patients$stratum else rep(1, nrow(patients))
  test <- cmprsk::cuminc(patients$time, as_one, patients$arm, strata)$Tests["1", ]
  if (test[["stat"]] < 0) return(TOLD_APART)  # cuminc says so of a variance without an inverse
  chi_square(test[["stat"]], test[["df"]])
}

cause_specific <- function(pair, q, level) {
  pair$event <- pair$cause == cause_of(q)
  of <- of_endpoint(q$endpoint)
  hazard_ratio(cox(pair, is_said(of, "stratified"), said(of, "ties")), level)
}
