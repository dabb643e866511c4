# The numbers of a study once more, by R: base, `survival`, and `cmprsk` where it is installed.
#
#   Rscript --vanilla verify.R ANALYSIS_DATA QUESTIONS        (run in the folder of the script)
#
#   ANALYSIS_DATA/*.csv      in: what the run derived from the tables, a row a patient and endpoint, visit, term ...
#   QUESTIONS/asked.csv      in: the numbers, a row each, by the fields of their keys
#   QUESTIONS/settings.csv   in: what the parameters say, as of, name, value; a list has a row for each of its members
#
# Printed are a line with the versions, and CSV: number (the row of asked.csv), value, low, high, std_error, statistic,
# p_value, why. NA is a number that does not exist, such as a median that is not reached; what is empty was not
# computed, and `why` says so of a whole row. Nothing here is shared with the Python of the package.

arguments <- commandArgs(trailingOnly = TRUE)
if (!requireNamespace("survival", quietly = TRUE)) {
  cat("without survival\n")
  quit(status = 0)
}
suppressPackageStartupMessages(library(survival))
for (file in c("data", "survival", "comparisons", "competing", "rates", "response", "population", "baseline", "subgroups",
               "safety", "sensitivity")) {
  source(paste0(file, ".R"), encoding = "UTF-8")
}

QUANTITIES <- c("value", "low", "high", "std_error", "statistic", "p_value")
DIFFERENCE_OF_ROUNDING <- 1e-9

SECTIONS <- list(
  population = population_number, baseline = baseline_number, time_to_event = time_to_event_number,
  multiple_testing = tested_together, subgroups = subgroup_number, response = response_number,
  response_subgroups = response_subgroup_number, sensitivity = sensitivity_number, safety = safety_number
)

# A difference of two equal numbers that is only their rounding is 0; a P value may well be that small.
without_rounding <- function(found) {
  small <- names(found) != "p_value" & !is.na(found) & abs(found) < DIFFERENCE_OF_ROUNDING
  found[small] <- 0
  found
}

# What is known of a number, or in words why nothing is.
answer <- function(q) {
  number <- SECTIONS[[q$section]]
  if (is.null(number)) return("it is none of the package's own")
  tryCatch(number(q), error = function(error) paste("R:", conditionMessage(error)))
}

as_text <- function(number) if (is.na(number)) "NA" else sprintf("%.17g", number)

printed <- function(row, found) {
  cells <- setNames(character(length(QUANTITIES)), QUANTITIES)
  why <- ""
  if (is.character(found)) {
    why <- gsub("[^ -~]+", " ", gsub('"', "'", found[1], fixed = TRUE))
  } else if (length(found)) {
    why <- c(found$why, "")[1]
    found <- without_rounding(unlist(found[names(found) != "why"]))
    cells[names(found)] <- vapply(found, as_text, "")
  }
  paste(c(row, cells, paste0('"', why, '"')), collapse = ",")
}

versions <- function() {
  of <- c("survival", if (has_cmprsk()) "cmprsk")
  names <- vapply(of, function(name) paste(name, packageVersion(name)), "")
  paste0(R.version$major, ".", R.version$minor, " (", paste(names, collapse = ", "), ")")
}

lines <- vapply(seq_len(nrow(asked)), function(row) printed(row, answer(as.list(asked[row, ]))), "")
cat(versions(), paste(c("number", QUANTITIES, "why"), collapse = ","), lines, sep = "\n")
