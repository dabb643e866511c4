# R's colon cancer trial, three arms, by subgroup: writes its patients, or what `survival` says of them.
#   Rscript subgroups.R FOLDER
# FOLDER/patients.csv is written, a row a patient and endpoint. Noted are by endpoint (recurrence, os) and arm, against
# observation: the hazard ratio of `coxph` with its limits in each subgroup of its patients alone, and of `anova` of the
# models without and with the product of arm and subgroup the chi-square, its degrees of freedom and P.
library(survival)
source("collect.R")
patients <- data.frame(
  id = colon$id, arm = as.character(colon$rx), etype = colon$etype, time = colon$time, status = colon$status,
  sex = ifelse(colon$sex == 1, "M", "F"), age = colon$age, differentiation = c("well", "moderate", "poor")[colon$differ],
  nodes = colon$nodes
)
write.csv(patients, file.path(folder, "patients.csv"), row.names = FALSE, na = "")
groups <- list(
  SEX = function(rows) rows$sex,
  AGE = function(rows) c("<50", "50 to <65", ">=65")[findInterval(rows$age, c(50, 65)) + 1],
  DIFFER = function(rows) rows$differentiation,
  NODES = function(rows) c("<4", ">=4")[findInterval(rows$nodes, 4) + 1]
)
for (type in 1:2) {
  current <- c("recurrence", "os")[type]
  for (arm in c("Lev+5FU", "Lev")) {
    pair <- patients[patients$etype == type & patients$arm %in% c(arm, "Obs"), ]
    pair$arm <- as.numeric(pair$arm == arm)
    for (variable in names(groups)) {
      rows <- pair
      rows$group <- groups[[variable]](pair)
      rows <- rows[!is.na(rows$group), ]
      for (level in unique(rows$group)) {
        interval <- summary(coxph(Surv(time, status) ~ arm, rows[rows$group == level, ]))$conf.int
        note(paste(variable, level), arm, NA_real_, list(value = interval[1], low = interval[3], high = interval[4]))
      }
      compared <- anova(
        coxph(Surv(time, status) ~ arm + group, rows), coxph(Surv(time, status) ~ arm * group, rows)
      )
      note(paste("interaction", variable), arm, NA_real_, list(
        statistic = compared$Chisq[2], df = compared$Df[2], p_value = compared[2, 4]
      ))
    }
  }
}
write_results()
