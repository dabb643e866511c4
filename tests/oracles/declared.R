# R's colon cancer trial: what a protocol may declare beyond the log-rank test and the hazard ratio, by `survival`.
#   Rscript declared.R FOLDER
# FOLDER/patients.csv is written; FOLDER/results.csv holds for death the tests of all arms and for trend, and within
# strata by pair of arms the weighted test, the hazard ratio by period and the test of proportional hazards; by arm the
# restricted mean; and by pair the hazard ratio adjusted for age, positive nodes and grade of differentiation, of those
# patients whose nodes and grade are known.
suppressPackageStartupMessages(library(survival))
source("collect.R")
TAU <- 1825
CUTS <- c(365, 1000)
current <- "os"
deaths <- with(subset(colon, etype == 2), data.frame(
  id, arm = as.character(rx), etype, time, status, obstruction = ifelse(obstruct == 1, "yes", "no"),
  AGE = age, NODES = nodes, DIFFER = differ
))
write.csv(deaths, file.path(folder, "patients.csv"), row.names = FALSE, na = "")

scores <- c("Lev" = 1, "Lev+5FU" = 2, "Obs" = 0)
for (variant in c("", "stratified")) {
  model <- if (variant == "") Surv(time, status) ~ arm else Surv(time, status) ~ arm + strata(obstruction)
  fit <- survdiff(model, deaths)
  note("overall_logrank", variant, NA_real_, list(statistic = fit$chisq, p_value = fit$pvalue))
  score <- scores[sort(names(scores))]
  excess <- rowSums(as.matrix(fit$obs - fit$exp))
  note("trend_logrank", variant, NA_real_, list(statistic = sum(score * excess)^2 / drop(score %*% fit$var %*% score)))
}
for (arm in names(scores)) {
  fit <- survfit(Surv(time, status) ~ 1, deaths[deaths$arm == arm, ])
  mean <- summary(fit, rmean = TAU)$table
  note("restricted_mean", arm, TAU, list(value = mean[["rmean"]], std_error = mean[["se(rmean)"]]))
}
for (arm in c("Lev+5FU", "Lev")) {
  pair <- deaths[deaths$arm %in% c(arm, "Obs"), ]
  pair$arm <- factor(pair$arm, levels = c("Obs", arm))
  weighted <- survdiff(Surv(time, status) ~ arm + strata(obstruction), pair, rho = 1)
  note("weighted_logrank", arm, NA_real_, list(statistic = weighted$chisq))
  parts <- survSplit(Surv(time, status) ~ ., pair, cut = CUTS, episode = "period")
  for (period in seq_len(length(CUTS) + 1)) {
    interval <- summary(coxph(Surv(tstart, time, status) ~ arm + strata(obstruction), parts[parts$period == period, ]))
    limits <- interval$conf.int
    note("period_hazard_ratio", paste(arm, period), NA_real_,
         list(value = limits[1], low = limits[3], high = limits[4]))
  }
  cox <- coxph(Surv(time, status) ~ arm + strata(obstruction), pair)
  note("proportional_hazards", arm, NA_real_, list(statistic = cox.zph(cox)$table["GLOBAL", "chisq"]))
  note("wald_test", arm, NA_real_, list(statistic = cox$wald.test))
  adjusted <- coxph(Surv(time, status) ~ arm + AGE + NODES + factor(DIFFER) + strata(obstruction), pair)
  limits <- summary(adjusted)$conf.int[1, ]
  note("adjusted", arm, NA_real_, list(value = limits[[1]], low = limits[[3]], high = limits[[4]], n = adjusted$n))
  wald <- summary(adjusted)$coefficients[1, ]
  note("adjusted_wald", arm, NA_real_, list(p_value = wald[["Pr(>|z|)"]], statistic = wald[["z"]]^2))
}
write_results()
