# All arms at once, what a protocol declares besides, and hypotheses tested together.

declared_number <- function(q) {
  patients <- patients_of(q$endpoint)
  switch(q$measure,
    overall_logrank = logrank(patients, q$variant == "stratified", "arm"),
    trend_logrank = trend(patients, q),
    restricted_mean_difference = mean_difference(q),
    restricted_mean_ratio = mean_ratio(q),
    compared_as_declared(q, of_pair(patients, q))
  )
}

compared_as_declared <- function(q, pair) {
  of <- of_endpoint(q$endpoint)
  stratified <- is_said(of, "stratified")
  switch(q$measure,
    weighted_logrank = weighted_logrank(pair, stratified, as.numeric(strsplit(q$level, ", ")[[1]])),
    maxcombo = largest_of_several(pair, stratified, said(of, "maxcombo")),
    period_hazard_ratio = hazard_ratio(of_period(pair, q$level, of), number_said(of, "conf_level")),
    period_test = change_of_hazard_ratio(pair, of),
    proportional_hazards = proportional_hazards(pair, of),
    paste("R does not compute", q$measure)
  )
}

# The scores of the arms with their excess of events and its variance.
trend <- function(patients, q) {
  arms <- said("study", "arms")
  of_arms <- number_said(of_endpoint(q$endpoint), "trend_scores")
  if (is_late(patients)) {
    patients$dose <- of_arms[match(patients$arm, arms)]
    return(logrank(patients, q$variant == "stratified", "dose"))
  }
  found <- scores(patients, q$variant == "stratified", "arm")
  of_groups <- of_arms[match(sort(unique(patients$arm)), arms)]
  chi_square(sum(of_groups * found$excess)^2 / drop(of_groups %*% found$variance %*% of_groups), 1)
}

both_means <- function(q) {
  lapply(c(q$arm, q$reference), function(arm) restricted_mean(curve_of(q$endpoint, arm), as.numeric(q$at)))
}

mean_difference <- function(q) {
  means <- both_means(q)
  difference_of(means[[1]], means[[2]], number_said(of_endpoint(q$endpoint), "conf_level"))
}

mean_ratio <- function(q) {
  means <- both_means(q)
  for (each in means) if (is.character(each)) return(each)
  std_error <- sqrt(sum(vapply(means, function(each) (each$std_error / each$value)^2, 0)))
  margin <- normal_quantile(number_said(of_endpoint(q$endpoint), "conf_level")) * std_error
  ratio <- means[[1]]$value / means[[2]]$value
  list(value = ratio, low = ratio * exp(-margin), high = ratio * exp(margin))
}

# ---- weighted tests

# survdiff has the weights S(t-)^rho; those with a power of 1 - S(t-) are summed here.
weighted_logrank <- function(pair, stratified, powers) {
  if (powers[2] == 0 && !is_late(pair)) {
    pair$observed <- observed(pair)
    return(chi_square(survdiff(model_of("x", stratified), pair, rho = powers[1])$chisq, 1))
  }
  chi_square(weighted_score(pair, stratified, powers)^2, 1)
}

weighted_score <- function(pair, stratified, powers) {
  strata <- if (stratified) split(pair, pair$stratum) else list(pair)
  sums <- rowSums(vapply(strata, excess_and_variance, c(0, 0), powers = powers))
  sums[1] / sqrt(sums[2])
}

excess_and_variance <- function(members, powers) {
  members$entry[is.na(members$entry)] <- -Inf
  survival <- 1
  excess <- variance <- 0
  for (time in sort(unique(members$time[members$event]))) {
    at_risk <- members$time >= time & members$entry < time
    now <- members$time == time & members$event
    n <- sum(at_risk)
    share <- mean(members$x[at_risk])
    weight <- survival^powers[1] * (1 - survival)^powers[2]
    excess <- excess + weight * (sum(members$x[now]) - sum(now) * share)
    if (n > 1) variance <- variance + weight^2 * sum(now) * share * (1 - share) * (n - sum(now)) / (n - 1)
    survival <- survival * (1 - sum(now) / n)
  }
  c(excess, variance)
}

# Its P value is one of a multivariate normal distribution, which R does not have by itself.
largest_of_several <- function(pair, stratified, weights) {
  powers <- lapply(strsplit(weights, ", "), as.numeric)
  list(statistic = max(abs(vapply(powers, function(each) weighted_score(pair, stratified, each), 0))))
}

# ---- whether the hazard ratio is one

edges_of <- function(of) c(0, number_said(of, "periods"), Inf)

# A Cox model of those still at risk in a period, from its beginning on.
of_period <- function(pair, name, of) {
  edges <- edges_of(of)
  place <- match(name, said(of, "period_names"))
  start <- edges[place]
  end <- edges[place + 1]
  if (start > 0) pair$entry <- pmax(pair$entry, start, na.rm = TRUE)
  within <- pair[(start == 0 | pair$time > start) & (is.na(pair$entry) | pair$entry < end), ]
  within$event <- within$event & within$time <= end
  within$time <- pmin(within$time, end)
  cox(within, is_said(of, "stratified"), said(of, "ties"))
}

change_of_hazard_ratio <- function(pair, of) {
  names <- said(of, "period_names")
  fits <- lapply(names, function(name) of_period(pair, name, of))
  telling <- sum(vapply(fits, function(fit) !is.na(coef(fit)[[1]]), TRUE))
  if (telling < 2) return("fewer than two periods tell the arms apart")
  one <- cox(pair, is_said(of, "stratified"), said(of, "ties"))$loglik[2]
  chi_square(2 * (sum(vapply(fits, function(fit) fit$loglik[2], 0)) - one), telling - 1)
}

proportional_hazards <- function(pair, of) {
  fit <- cox(pair, is_said(of, "stratified"), said(of, "ties"))
  found <- cox.zph(fit, transform = said(of, "proportionality"))$table[1, ]
  chi_square(found[["chisq"]], 1)
}

# ---- hypotheses tested together

tested_together <- function(q) {
  if (q$phase != "") return("the test of a response is that of its own section, where it is two-sided")
  plan <- asked[asked$section == "multiple_testing" & asked$measure == "single_test", ]
  tests <- lapply(seq_len(nrow(plan)), function(row) if (plan$phase[row] == "") single_test(as.list(plan[row, ])))
  own <- which(plan$endpoint == q$endpoint & plan$phase == "" & plan$arm == q$arm & plan$reference == q$reference)
  if (q$measure == "single_test") return(tests[[own]])
  if (any(plan$phase != "")) return("one of the hypotheses is about response")
  p_values <- vapply(tests, function(test) test$p_value, 0)
  if (anyNA(p_values)) return("one of the hypotheses has no P value")
  procedures <- said("study", "procedures")
  if ("graph" %in% procedures) return("base R has no graphical procedure")
  found <- family_after_family(p_values, procedures)
  if (q$measure == "test_level") return(list(value = found$level[own]))
  list(statistic = tests[[own]]$statistic, p_value = found$adjusted[own])
}

# A family is tested once all of the one before are rejected.
family_after_family <- function(p_values, procedures) {
  alpha <- number_said("study", "alpha")
  family <- as.integer(said("study", "families"))
  adjusted <- level <- numeric(length(p_values))
  gate <- 0
  for (place in seq_along(procedures)) {
    members <- family == place
    of_family <- p_values[members]
    sequential <- procedures[place] == "fixed-sequence"
    own <- if (sequential) cummax(of_family) else p.adjust(of_family, procedures[place])
    level[members] <- if (gate <= alpha) levels_in_turn(of_family, alpha, procedures[place]) else 0
    adjusted[members] <- pmax(own, gate)
    gate <- max(adjusted[members])
  }
  list(adjusted = adjusted, level = level)
}

# The level at which each hypothesis is tested in the end, step by step: down from the smallest P value, up from the
# largest, or in the order given.
levels_in_turn <- function(p_values, alpha, procedure) {
  level <- numeric(length(p_values))
  turns <- switch(procedure, holm = order(p_values), hochberg = rev(order(p_values)), seq_along(p_values))
  left <- length(p_values)
  for (turn in seq_along(turns)) {
    own <- turns[turn]
    level[own] <- switch(procedure, holm = alpha / left, hochberg = alpha / turn, alpha)
    if (procedure == "hochberg" && p_values[own] <= level[own]) {
      level[turns[turn:length(turns)]] <- level[own]
      break
    }
    if (procedure == "holm" && p_values[own] > level[own]) {
      level[turns[turn:length(turns)]] <- level[own]
      break
    }
    if (procedure == "fixed-sequence" && p_values[own] > level[own]) break
    left <- left - 1
  }
  level
}

# One-sided, the tail is that on the side of fewer events, or of more where the event is hoped for.
single_test <- function(q) {
  known(paste("test of", q$endpoint, q$arm, q$reference), function() {
    found <- scores(of_pair(patients_of(q$endpoint), q), is_said(of_endpoint(q$endpoint), "stratified"))
    if (!is_said("study", "one_sided")) return(chi_square(found$statistic, 1))
    excess <- found$excess[length(found$excess)]
    favourable <- q$endpoint %in% said("study", "favourable_events")
    z <- sign(excess) * sqrt(found$statistic)
    list(statistic = found$statistic, p_value = pnorm(z, lower.tail = !favourable))
  })
}
