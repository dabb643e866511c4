# R's time for each work: the median of five after one that warms up, or one where one takes longer than two seconds.
#
# Rscript peers.R FOLDER
#   FOLDER/data.bin     in: doubles; time, event, in_arm, age of each patient in turn
#   FOLDER/works.txt    in: what to time, a line each
#   FOLDER/seconds.csv  out: work, seconds

suppressPackageStartupMessages(library(survival))

folder <- commandArgs(trailingOnly = TRUE)[1]
size <- file.size(file.path(folder, "data.bin")) / 8
data <- as.data.frame(matrix(readBin(file.path(folder, "data.bin"), "double", size), ncol = 4, byrow = TRUE))
names(data) <- c("time", "event", "in_arm", "age")
works <- readLines(file.path(folder, "works.txt"))

calls <- list(
  "Kaplan-Meier with limits" = function() survfit(Surv(time, event) ~ 1, data, conf.type = "log-log"),
  "log-rank, two arms" = function() survdiff(Surv(time, event) ~ in_arm, data),
  "Cox, arm only" = function() coxph(Surv(time, event) ~ in_arm, data),
  "Cox, two covariates, Efron" = function() coxph(Surv(time, event) ~ in_arm + age, data)
)

# A single call of a small work is below the clock's resolution, so several are timed together.
seconds <- function(call) {
  taken <- c()
  repeats <- if (nrow(data) < 1000) 50 else 1
  for (turn in 1:6) {
    taken <- c(taken, system.time(for (one in seq_len(repeats)) call())[["elapsed"]] / repeats)
    if (taken[turn] > 2) return(taken[turn])
  }
  median(taken[-1])
}

result <- data.frame(work = works, seconds = vapply(works, function(work) seconds(calls[[work]]), 0))
write.csv(result, file.path(folder, "seconds.csv"), row.names = FALSE)
