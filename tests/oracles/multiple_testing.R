# Adjusted P values by R's `p.adjust`, and one-sided log-rank tests from `survdiff`: every number that
# tests/stats/test_multiple_testing_r.py compares.
#
#   p_values.csv  in: table, p_value; the P values of a table are those of its hypotheses, in their order
#   rows.csv      in: table, time, event, in_arm, stratum; one row a patient
#
#   graphs.csv    in: table, p_value, weight, to_1 ... to_5; a row a hypothesis, with what it passes on to each
#
# Base R has no graphical procedure: it is the closed test of every intersection by a weighted Bonferroni test, with the
# weights that Bretz, Maurer, Brannath & Posch (2009), Stat Med 28:586-604, give it. A fixed sequence has no name in p.adjust: there, it is the largest P value so far. See collect.R for the rest.

suppressPackageStartupMessages(library(survival))
source("collect.R")

p_values <- given("p_values")
for (current in unique(p_values$table)) {
  p <- p_values$p_value[p_values$table == current]
  place <- seq_along(p)
  note("holm", "", place, list(p_value = p.adjust(p, "holm")))
  note("hochberg", "", place, list(p_value = p.adjust(p, "hochberg")))
  note("fixed-sequence", "", place, list(p_value = cummax(p)))
}
rows <- given("rows", colClasses = c(stratum = "character"))
for (current in unique(rows$table)) {
  members <- rows[rows$table == current, ]
  for (form in c("plain", "stratified")) {
    formula <- if (form == "plain") Surv(time, event) ~ in_arm else Surv(time, event) ~ in_arm + strata(stratum)
    fit <- tryCatch(survdiff(formula, members), error = function(problem) NULL)
    if (is.null(fit) || fit$var[2, 2] <= 0) next
    z <- sum(as.matrix(fit$obs - fit$exp)[2, ]) / sqrt(fit$var[2, 2])
    note("one_sided", form, NA_real_, list(less = pnorm(z), greater = pnorm(z, lower.tail = FALSE)))
  }
}
# The weights of an intersection: all that are not part of it are taken out of the graph.
weights_of <- function(members, weight, to) {
  for (gone in setdiff(seq_along(weight), members)) {
    weight <- weight + weight[gone] * to[gone, ]
    through <- to + outer(to[, gone], to[gone, ])
    loop <- to[, gone] * to[gone, ]
    through <- through / ifelse(loop < 1 - 1e-12, 1 - loop, Inf)
    diag(through) <- 0
    through[gone, ] <- through[, gone] <- weight[gone] <- 0
    to <- through
  }
  weight
}

closed_test <- function(p, weight, to) {
  adjusted <- numeric(length(p))
  for (subset in seq_len(2^length(p) - 1)) {
    members <- which(bitwAnd(subset, 2^(seq_along(p) - 1)) > 0)
    share <- weights_of(members, weight, to)[members]
    of_all <- min(1, (p[members] / share)[share > 0])
    adjusted[members] <- pmax(adjusted[members], of_all)
  }
  adjusted
}

graphs <- given("graphs")
for (current in unique(graphs$table)) {
  members <- graphs[graphs$table == current, ]
  to <- as.matrix(members[paste0("to_", seq_len(nrow(members)))])
  dimnames(to) <- NULL
  note("graph", "", seq_len(nrow(members)), list(p_value = closed_test(members$p_value, members$weight, to)))
}
write_results()
