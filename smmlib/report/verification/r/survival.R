# Times to event in one arm and between two, by `survival`.

CONVERGED <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 100)
NO_END <- "infinite|did not converge|Ran out of iterations"
NO_BOUND <- "the ratio has no bound, so that its search has no end"

observed <- function(patients) {
  if (is_late(patients)) with(patients, Surv(entry, time, event)) else with(patients, Surv(time, event))
}

normal_quantile <- function(level) qnorm((1 + level) / 2)

chi_square <- function(statistic, df) {
  list(statistic = statistic, p_value = pchisq(statistic, df, lower.tail = FALSE))
}

# ---- one arm

kaplan_meier <- function(patients, type, level) {
  patients$observed <- observed(patients)
  survfit(observed ~ 1, patients, conf.type = sub("arcsine", "arcsin", type), conf.int = level)
}

curve_of <- function(endpoint, arm) {
  known(paste("curve of", endpoint, arm), function() {
    own <- patients_of(endpoint)
    of <- of_endpoint(endpoint)
    kaplan_meier(own[own$arm == arm, ], said(of, "conf_type"), number_said(of, "conf_level"))
  })
}

# Where patients come late a limit may rise from one event to the next. quantile() then reads it where it crosses one
# half for the last time, the table of summary() where it does so first, which is what the interval means.
median_of <- function(curve) {
  found <- quantile(curve, 0.5)
  limits <- c(found$lower, found$upper)
  if (any(diff(curve$lower) > 0, na.rm = TRUE) || any(diff(curve$upper) > 0, na.rm = TRUE)) {
    table <- summary(curve)$table
    limits <- table[grep("[LU]CL$", names(table))]
  }
  list(value = unname(found$quantile), low = unname(limits[1]), high = unname(limits[2]))
}

# Where nobody is left, the curve goes on at 0.
ends_before <- function(curve, at) at > max(curve$time) && min(curve$surv) > 0
NO_LIMITS <- "where all survive or none, the limits are a matter of convention"
TOLD_APART <- "the groups cannot all be told apart"
TOO_SHORT <- "the curve ends before this time"

survival_at <- function(curve, at) {
  if (ends_before(curve, at)) return(TOO_SHORT)
  found <- summary(curve, times = at, extend = TRUE)
  if (found$surv %in% c(0, 1)) return(list(value = found$surv, std_error = found$std.err, why = NO_LIMITS))
  list(value = found$surv, low = found$lower, high = found$upper, std_error = found$std.err)
}

restricted_mean <- function(curve, at) {
  if (ends_before(curve, at)) return(TOO_SHORT)
  if (at < min(curve$time)) return(normal_limits(at, 0, curve$conf.int))
  found <- summary(curve, rmean = at)$table
  normal_limits(found[["rmean"]], found[["se(rmean)"]], curve$conf.int)
}

normal_limits <- function(value, std_error, level) {
  margin <- normal_quantile(level) * std_error
  list(value = value, low = value - margin, high = value + margin, std_error = std_error)
}

difference_of <- function(one, other, level) {
  if (is.character(one)) return(one)
  if (is.character(other)) return(other)
  normal_limits(one$value - other$value, sqrt(one$std_error^2 + other$std_error^2), level)
}

exact_share <- function(count, of, level) {
  list(value = count / of, low = binom.test(count, of, conf.level = level)$conf.int[1],
       high = binom.test(count, of, conf.level = level)$conf.int[2], std_error = sqrt(count / of * (1 - count / of) / of))
}

number_of_arm <- function(q) {
  own <- patients_of(q$endpoint)
  own <- own[own$arm == q$arm, ]
  at <- as.numeric(q$at)
  of <- of_endpoint(q$endpoint)
  switch(q$measure,
    events = list(value = sum(own$event)),
    competing_events = list(value = sum(own$cause == 2)),
    share = exact_share(sum(own$event), nrow(own), number_said(of, "conf_level")),
    median = median_of(curve_of(q$endpoint, q$arm)),
    survival = survival_at(curve_of(q$endpoint, q$arm), at),
    restricted_mean = restricted_mean(curve_of(q$endpoint, q$arm), at),
    at_risk = list(value = sum(own$time >= at & (!is_late(own) | own$entry < at))),
    reason = reason_count(q)
  )
}

# Those whom the endpoint leaves out have a reason, too. A reason that none has is one of several under one name.
reason_count <- function(q) {
  rows <- part("times")
  rows <- rows[rows$endpoint == q$endpoint, ]
  if (!q$level %in% rows$reason) return("rare reasons are counted together")
  list(value = sum(rows$arm == q$arm & rows$reason == q$level))
}

# ---- two arms

logrank <- function(patients, stratified, group = "x") {
  fit <- scores(patients, stratified, group)
  chi_square(fit$statistic, fit$df)
}

# The chi-square and the excess of events of each group; with late entry, of which survdiff knows nothing, the score
# test of the exact partial likelihood, which has the same variance.
scores <- function(patients, stratified, group = "x") {
  patients$observed <- observed(patients)
  formula <- model_of(group, stratified)
  if (is_late(patients)) {
    fit <- coxph(formula, patients, ties = "exact", iter.max = 0)
    return(list(statistic = unname(fit$score), df = sum(!is.na(coef(fit))), excess = unname(fit$first)))
  }
  fit <- survdiff(formula, patients)
  if (qr(fit$var)$rank < length(fit$n) - 1) stop(TOLD_APART, call. = FALSE)
  excess <- rowSums(as.matrix(fit$obs - fit$exp))
  list(statistic = fit$chisq, df = length(fit$n) - 1, excess = unname(excess), variance = fit$var)
}

model_of <- function(terms, stratified) {
  reformulate(c(terms, if (stratified) "strata(stratum)"), response = "observed")
}

# A Cox model; an error where it has no answer, and not the last step of a search without end.
cox <- function(patients, stratified, ties, terms = "x") {
  patients$observed <- observed(patients)
  withCallingHandlers(
    coxph(model_of(terms, stratified), patients, ties = ties, control = CONVERGED, model = TRUE),
    warning = function(warning) {
      words <- conditionMessage(warning)
      if (grepl(NO_END, words)) stop(if (grepl("infinite", words)) NO_BOUND else words, call. = FALSE)
      invokeRestart("muffleWarning")
    }
  )
}

hazard_ratio <- function(fit, level) {
  log_ratio <- unname(coef(fit)[1])
  std_error <- sqrt(fit$var[1, 1])
  margin <- normal_quantile(level) * std_error
  list(value = exp(log_ratio), low = exp(log_ratio - margin), high = exp(log_ratio + margin), std_error = std_error)
}

wald_test <- function(fit) chi_square(unname(coef(fit)[1])^2 / fit$var[1, 1], 1)

number_of_pair <- function(q) {
  of <- of_endpoint(q$endpoint)
  level <- number_said(of, "conf_level")
  if (q$measure == "survival_difference") {
    return(difference_of(survival_at(curve_of(q$endpoint, q$arm), as.numeric(q$at)),
                         survival_at(curve_of(q$endpoint, q$reference), as.numeric(q$at)), level))
  }
  pair <- of_pair(patients_of(q$endpoint), q)
  stratified <- q$variant == "stratified"
  if (q$measure == "logrank") return(logrank(pair, stratified))
  fit <- if (q$variant == "adjusted") adjusted_model(q, pair) else cox(pair, stratified, said(of, "ties"))
  if (q$measure == "wald_test") wald_test(fit) else hazard_ratio(fit, level)
}

# The arm beside covariates, of patients who have them all; without categories that are the same for all.
adjusted_model <- function(q, pair) {
  of <- of_endpoint(q$endpoint)
  covariates <- as.data.frame(lapply(said(of, "adjust"), function(variable) described(pair$patient, variable)))
  names(covariates) <- paste0("covariate", seq_along(covariates))
  complete <- complete.cases(covariates)
  varying <- vapply(covariates, function(values) length(unique(values[complete])) > 1, TRUE)
  pair <- cbind(pair, covariates)[complete, ]
  cox(pair, is_said(of, "stratified"), said(of, "ties"), c("x", names(covariates)[varying]))
}

OF_ARM <- c("events", "competing_events", "share", "median", "survival", "restricted_mean", "at_risk", "reason")
OF_PAIR <- c("survival_difference", "logrank", "hazard_ratio", "wald_test")

time_to_event_number <- function(q) {
  if (q$measure %in% OF_ARM) return(number_of_arm(q))
  if (q$measure %in% OF_PAIR) return(number_of_pair(q))
  if (q$measure %in% OF_CAUSES) return(competing_number(q))
  declared_number(q)
}
