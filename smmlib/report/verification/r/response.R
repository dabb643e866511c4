# Response at a visit, by arm and between arms.

of_visit <- function(visit) {
  rows <- part("responses")
  rows <- rows[rows$visit == visit, ]
  rows$responded <- rows$response %in% said("study", "responders")
  rows
}

counts_of <- function(rows, q) {
  of_arm <- rows$arm == q$arm
  of_reference <- rows$arm == q$reference
  list(x = sum(rows$responded[of_arm]), n = sum(of_arm),
       x0 = sum(rows$responded[of_reference]), n0 = sum(of_reference))
}

wilson_share <- function(count, of, level) {
  limits <- suppressWarnings(prop.test(count, of, conf.level = level, correct = FALSE))$conf.int
  list(value = count / of, low = limits[1], high = limits[2])
}

response_number <- function(q) {
  if (q$measure == "passed_over") {
    rows <- part("assessments")
    return(list(value = sum(rows$arm == q$arm & rows$passed_over == q$level)))
  }
  rows <- of_visit(q$phase)
  own <- rows[rows$arm == q$arm, ]
  if (q$measure == "category") return(list(value = sum(own$response == q$level)))
  if (q$measure == "rate") {
    share <- if (q$variant == "wilson") wilson_share else exact_share
    return(share(sum(own$responded), nrow(own), conf_level))
  }
  if (q$variant == "stratified") within_strata(rows, q) else rates_compared(counts_of(rows, q), q$measure)
}

rates_compared <- function(counts, measure) {
  switch(measure,
    rate_difference = rate_difference(as.data.frame(counts), conf_level),
    difference = rate_difference(as.data.frame(counts), conf_level),
    odds_ratio = do.call(odds_ratio, c(counts, level = conf_level)),
    fisher_test = do.call(fisher, counts)
  )
}

# A stratum that holds one arm alone compares nothing.
within_strata <- function(rows, q) {
  rows <- rows[rows$arm %in% c(q$arm, q$reference), ]
  factors <- lapply(said("study", "strata"), function(variable) described(rows$patient, variable))
  strata <- split(rows, interaction(factors, drop = TRUE, sep = "\r"))
  tables <- do.call(rbind, lapply(strata, function(members) as.data.frame(counts_of(members, q))))
  tables <- tables[tables$n > 0 & tables$n0 > 0, ]
  if (q$measure == "rate_difference") return(rate_difference(tables, conf_level))
  cells <- with(tables, array(rbind(x, x0, n - x, n0 - x0), c(2, 2, nrow(tables))))
  found <- mantelhaen.test(cells, correct = FALSE, conf.level = conf_level)
  if (q$measure == "odds_ratio") {
    return(list(value = unname(found$estimate), low = found$conf.int[1], high = found$conf.int[2]))
  }
  list(statistic = unname(found$statistic), p_value = found$p.value)
}
