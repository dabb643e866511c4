# What every script here shares: numbers are noted one by one, and written as one table.
#
# Rscript SCRIPT.R FOLDER, run in the folder of the scripts. Its inputs are FOLDER/*.csv; its numbers go to
# FOLDER/results.csv, in the columns table, what, group, at, field, value, with 17 digits.

folder <- commandArgs(trailingOnly = TRUE)[1]
current <- ""
collected <- list()

note <- function(what, group, at, fields) {
  size <- length(fields[[1]])
  collected[[length(collected) + 1]] <<- list(
    table = rep(current, size * length(fields)), what = rep(what, size * length(fields)),
    group = rep(group, size * length(fields)), at = rep(rep(at, length.out = size), length(fields)),
    field = rep(names(fields), each = size), value = as.numeric(unlist(fields))
  )
}

# One data frame of all that was noted; a frame for each note and rbind would take far longer.
noted <- function() {
  columns <- c("table", "what", "group", "at", "field", "value")
  joined <- lapply(columns, function(column) unlist(lapply(collected, `[[`, column), use.names = FALSE))
  as.data.frame(setNames(joined, columns))
}

write_table <- function(frame, file) {
  numbers <- vapply(frame, is.numeric, TRUE)
  frame[numbers] <- lapply(frame[numbers], function(column) {
    ifelse(is.finite(column), sprintf("%.17g", column), "")
  })
  write.csv(frame, file, row.names = FALSE, quote = TRUE)
}

given <- function(name, ...) read.csv(file.path(folder, paste0(name, ".csv")), ...)

write_results <- function() write_table(noted(), file.path(folder, "results.csv"))
