# The tables of R's package survival that have two arms or two groups, as trial, arm, time, event on standard output.
#
# Rscript collect.R, called by collect.py.

library(survival)

taken <- function(trial, arm, time, event) {
  data.frame(trial = trial, arm = as.character(arm), time = time, event = as.integer(event))
}

deaths <- subset(colon, etype == 2 & rx != "Lev")
randomised <- subset(pbc, !is.na(trt))
first_infection <- subset(cgd, enum == 1)
first_recurrence <- subset(bladder1, enum == 1 & treatment != "pyridoxine" & stop > 0)
sexes <- c("male", "female")

tables <- list(
  taken("colon", deaths$rx, deaths$time, deaths$status),
  taken("lung", sexes[lung$sex], lung$time, lung$status == 2),
  taken("veteran", c("standard", "test")[veteran$trt], veteran$time, veteran$status),
  taken("gbsg", ifelse(gbsg$hormon == 1, "hormone", "none"), gbsg$rfstime, gbsg$status),
  taken("ovarian", c("one", "two")[ovarian$rx], ovarian$futime, ovarian$fustat),
  taken("pbc", c("penicillamine", "placebo")[randomised$trt], randomised$time, randomised$status == 2),
  taken("mgus2", ifelse(mgus2$sex == "M", "male", "female"), mgus2$futime, mgus2$death),
  taken("kidney", sexes[kidney$sex], kidney$time, kidney$status),
  taken("retinopathy", ifelse(retinopathy$trt == 1, "laser", "none"), retinopathy$futime, retinopathy$status),
  taken("cgd", ifelse(first_infection$treat == "placebo", "placebo", "interferon"), first_infection$tstop, first_infection$status),
  taken("bladder", first_recurrence$treatment, first_recurrence$stop, first_recurrence$status == 1),
  taken("aml", ifelse(aml$x == "Maintained", "maintained", "none"), aml$time, aml$status)
)
write.csv(do.call(rbind, tables), stdout(), row.names = FALSE, quote = FALSE)
