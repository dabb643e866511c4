# R's colon cancer trial, three arms: writes its patients, or what `survival` says of them.
#   Rscript three_arms.R FOLDER
# FOLDER/patients.csv is written; FOLDER/results.csv holds by endpoint and pair of arms the hazard ratio with its limits,
# the log-rank chi-square, both within strata as well, and by arm the median with its limits.
library(survival)
folder <- commandArgs(trailingOnly = TRUE)[1]
patients <- data.frame(
  id = colon$id, arm = as.character(colon$rx), etype = colon$etype, time = colon$time, status = colon$status,
  obstruction = ifelse(colon$obstruct == 1, "yes", "no")
)
write.csv(patients, file.path(folder, "patients.csv"), row.names = FALSE)
rows <- list()
say <- function(endpoint, what, group, field, value) {
  rows[[length(rows) + 1]] <<- data.frame(
    table = endpoint, what = what, group = group, at = NA, field = field, value = sprintf("%.17g", value)
  )
}
for (type in 1:2) {
  endpoint <- c("recurrence", "os")[type]
  of_all <- patients[patients$etype == type, ]
  for (arm in c("Lev+5FU", "Lev")) {
    pair <- of_all[of_all$arm %in% c(arm, "Obs"), ]
    pair$arm <- factor(pair$arm, levels = c("Obs", arm))
    for (variant in c("", "stratified")) {
      model <- if (variant == "") Surv(time, status) ~ arm else Surv(time, status) ~ arm + strata(obstruction)
      interval <- summary(coxph(model, pair))$conf.int
      say(endpoint, paste0("hazard_ratio", variant), arm, "value", interval[1])
      say(endpoint, paste0("hazard_ratio", variant), arm, "low", interval[3])
      say(endpoint, paste0("hazard_ratio", variant), arm, "high", interval[4])
      say(endpoint, paste0("logrank", variant), arm, "statistic", survdiff(model, pair)$chisq)
    }
  }
  for (arm in c("Lev+5FU", "Lev", "Obs")) {
    fit <- survfit(Surv(time, status) ~ 1, of_all[of_all$arm == arm, ], conf.type = "log-log")
    median <- quantile(fit, 0.5)
    say(endpoint, "median", arm, "value", median$quantile)
    say(endpoint, "median", arm, "low", median$lower)
    say(endpoint, "median", arm, "high", median$upper)
  }
}
results <- do.call(rbind, rows)
results$value[results$value == "NA"] <- ""
write.csv(results, file.path(folder, "results.csv"), row.names = FALSE, na = "")
