# Response in a trial of several arms, each compared with placebo, from FOLDER/patients.csv: arm, stratum, sex, responded.
#   Rscript response_trial.R FOLDER
# By arm the exact limits of binom.test; by pair of arms Fisher's P value, and within strata the Mantel-Haenszel odds
# ratio with its limits, the chi-square without correction and its P value of mantelhaen.test, and the difference of the
# rates with Mantel-Haenszel weights; and the subgroups of `sex` and `stratum`.
source("collect.R")
patients <- given("patients")
current <- "response"
for (arm in unique(patients$arm)) {
  responded <- patients$responded[patients$arm == arm]
  exact <- binom.test(sum(responded), length(responded))
  note("rate", arm, NA_real_, list(value = unname(exact$estimate), low = exact$conf.int[1], high = exact$conf.int[2]))
}
for (arm in setdiff(unique(patients$arm), "placebo")) {
  pair <- patients[patients$arm %in% c(arm, "placebo"), ]
  tables <- table(factor(pair$arm, c(arm, "placebo")), factor(pair$responded, c(1, 0)), pair$stratum)
  note("fisher_test", arm, NA_real_, list(p_value = fisher.test(margin.table(tables, c(1, 2)))$p.value))
  test <- mantelhaen.test(tables, correct = FALSE)
  note("odds_ratio", arm, NA_real_, list(value = unname(test$estimate), low = test$conf.int[1], high = test$conf.int[2]))
  note("cochran_mantel_haenszel_test", arm, NA_real_, list(statistic = unname(test$statistic), p_value = test$p.value))
  sizes <- apply(tables, c(1, 3), sum)
  weights <- sizes[1, ] * sizes[2, ] / colSums(sizes)
  rates <- tables[, 1, ] / sizes
  note("rate_difference", arm, NA_real_, list(value = sum(weights * (rates[1, ] - rates[2, ])) / sum(weights)))
}

# In each level of a factor the sample odds ratio; over all of them the test of arm by factor in a logistic model.
for (arm in setdiff(unique(patients$arm), "placebo")) for (factor in c("sex", "stratum")) {
  pair <- patients[patients$arm %in% c(arm, "placebo"), ]
  pair$group <- factor(pair[[factor]])
  for (level in levels(pair$group)) {
    cells <- table(factor(pair$arm, c(arm, "placebo")), factor(pair$responded, c(1, 0)), pair$group)[, , level]
    ratio <- cells[1, 1] * cells[2, 2] / (cells[1, 2] * cells[2, 1])
    note("subgroup odds_ratio", paste(arm, factor, level), NA_real_, list(value = if (is.finite(ratio)) ratio else NA))
  }
  tight <- glm.control(epsilon = 1e-14, maxit = 100)
  models <- lapply(list(responded ~ arm + group, responded ~ arm * group), function(formula)
    suppressWarnings(glm(formula, binomial, pair, control = tight)))
  gain <- deviance(models[[1]]) - deviance(models[[2]])
  note("subgroup interaction_test", paste(arm, factor), NA_real_,
       list(statistic = gain, p_value = pchisq(gain, 1, lower.tail = FALSE)))
}
write_results()
