# A made-up trial of three arms in its variants: writes its patients, or what `survival` says of them.
#   Rscript sensitivity.R FOLDER
# FOLDER/patients.csv is written, a row a patient: days, CNSR code (0 event, 1 end of study, 2 lost), end of follow-up,
# stratum, per protocol. Each variant is made here from those columns. Noted are by variant and arm the events, the
# patients and the median of `survfit`, and by variant and comparison with the control, plain and stratified, the hazard
# ratio of `coxph` with its limits, and chi-square and P of `survdiff`.
library(survival)
source("collect.R")
set.seed(1947)
size <- 90
patients <- do.call(rbind, lapply(c("high", "low", "control"), function(arm) {
  rate <- c(high = 1 / 900, low = 1 / 700, control = 1 / 450)[[arm]]
  data.frame(
    id = paste0(arm, seq_len(size)), arm = arm, event_day = ceiling(rexp(size, rate)) + 20,
    lost_day = ceiling(rexp(size, 1 / 1500)), until = 700 + sample(0:300, size, TRUE),
    stratum = sample(c("old", "young"), size, TRUE), protocol = sample(c("Y", "Y", "Y", "Y", "N"), size, TRUE)
  )
}))
patients$days <- pmin(patients$event_day, patients$lost_day, patients$until)
patients$cnsr <- ifelse(patients$event_day <= patients$days, 0, ifelse(patients$lost_day <= patients$days, 2, 1))
write.csv(
  patients[c("id", "arm", "days", "cnsr", "until", "stratum", "protocol")],
  file.path(folder, "patients.csv"), row.names = FALSE
)

changed <- function(rows, days = rows$days, event = rows$cnsr == 0) cbind(rows[c("arm", "stratum")], days = days, event = event)
control <- patients$arm == "control"
lost <- patients$cnsr == 2 & patients$days < 700 - 60
end <- 700
late <- function(by, arms) ifelse(patients$cnsr == 0 & patients$arm %in% arms, pmax(patients$days - by, 0), patients$days)
everyone <- c("high", "low", "control")
variants <- list(
  main = changed(patients),
  protocol = changed(patients[patients$protocol == "Y", ]),
  codes = changed(patients, event = patients$cnsr %in% c(0, 2)),
  only = changed(patients, event = patients$cnsr == 2),
  worst = changed(patients, ifelse(lost & control, end, patients$days), patients$cnsr == 0 | (lost & !control)),
  best = changed(patients, ifelse(lost & !control, end, patients$days), patients$cnsr == 0 | (lost & control)),
  start = changed(patients, late(56, everyone)),
  middle = changed(patients, ifelse(patients$cnsr == 0, patients$days - pmin(56, patients$days) / 2, patients$days)),
  one = changed(patients, late(84, "control"))
)
for (name in names(variants)) {
  current <- name
  rows <- variants[[name]]
  for (arm in everyone) {
    own <- rows[rows$arm == arm, ]
    median <- summary(survfit(Surv(days, event) ~ 1, own, conf.type = "log-log"))$table[c("median", "0.95LCL", "0.95UCL")]
    note("median", arm, NA_real_, list(value = median[[1]], low = median[[2]], high = median[[3]]))
    note("events", arm, NA_real_, list(value = sum(own$event), n = nrow(own)))
  }
  for (arm in c("high", "low")) {
    pair <- rows[rows$arm %in% c(arm, "control"), ]
    pair$treated <- as.numeric(pair$arm == arm)
    for (how in c("plain", "stratified")) {
      by_strata <- if (how == "plain") "" else " + strata(stratum)"
      right <- paste0("Surv(days, event) ~ treated", by_strata)
      interval <- summary(coxph(as.formula(right), pair))$conf.int
      note(paste("hazard_ratio", how), arm, NA_real_, list(value = interval[1], low = interval[3], high = interval[4]))
      test <- survdiff(as.formula(right), pair)
      note(paste("logrank", how), arm, NA_real_, list(statistic = test$chisq, p_value = test$pvalue))
    }
  }
}
write_results()
