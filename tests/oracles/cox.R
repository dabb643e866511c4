# R's Cox models on patient tables: every number that tests/stats/test_cox_r.py compares.
#
#   rows.csv  in: table, time, event, in_arm, stratum, entry, x, w, cluster; one row a patient, at risk in (entry, time]
#   fits.csv  in: table, form ("plain", "stratified", "late", "stratified late"), and a column of 0 or 1 for each part:
#             "arm", "model", "zph", "limits", "parts"; "breslow": whether by that rule for ties, too
#   cuts.csv  in: table, cut
#   data.csv  out: rows.csv and the tables that ship with `survival`, in the same columns
# The tables that ship with `survival` get cuts at the tertiles of time. See collect.R for the rest.

suppressPackageStartupMessages(library(survival))
source("collect.R")

CONVERGED <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 100)
FORMS <- c("plain", "stratified", "late", "stratified late")
Z <- qnorm(0.975)

table_of <- function(name, time, event, in_arm, stratum, entry, x, w) {
  rows <- data.frame(table = name, time = as.numeric(time), event = as.numeric(event), in_arm = as.numeric(in_arm),
                     stratum = as.character(stratum), entry = as.numeric(entry), x = as.numeric(x), w = as.numeric(w))
  rows <- rows[complete.cases(rows) & rows$entry < rows$time, ]
  rows$cluster <- seq_len(nrow(rows)) %% 20
  rows
}

# Heart transplants enter late indeed; the others are given late entry at a tenth of the time, rounded down.
public_tables <- function() {
  tenth <- function(time) floor(time / 10)
  dead <- subset(colon, etype == 2 & rx != "Lev")
  rbind(
    with(veteran, table_of("R veteran", time, status, trt == 2, celltype, tenth(time), karno, diagtime)),
    with(ovarian, table_of("R ovarian", futime, fustat, rx == 2, resid.ds, tenth(futime), age, ecog.ps)),
    with(lung, table_of("R lung", time, status == 2, sex == 2, ph.ecog, tenth(time), wt.loss, ph.karno / 10)),
    with(dead, table_of("R colon", time, status, rx == "Lev+5FU", differ, tenth(time), age, nodes)),
    with(heart, table_of("R heart", stop, event, transplant == 1, surgery, start, age, year > 3)),
    with(myeloid, table_of("R myeloid", futime, death, trt == "B", sex, tenth(futime), id / 7, id %% 3))
  )
}

surv <- function(form) if (grepl("late", form)) "Surv(entry, time, event)" else "Surv(time, event)"
model_of <- function(form, terms) {
  as.formula(paste(surv(form), "~", terms, if (grepl("stratified", form)) "+ strata(stratum)"))
}

# The patients stand in the call itself: R looks at it again for residuals, and would find others of the same name.
fitted <- function(form, terms, rows, ties = "efron", robust = FALSE) {
  call <- bquote(coxph(.(model_of(form, terms)), .(rows), ties = .(ties), control = CONVERGED))
  if (robust) call$cluster <- quote(cluster)
  tryCatch(suppressWarnings(eval(call)), error = function(problem) NULL)
}

summary_of <- function(fit) {
  list(log_likelihood = fit$loglik[length(fit$loglik)], null = fit$loglik[1], score = fit$score,
       wald = if (length(fit$wald.test)) fit$wald.test else NA, df = sum(!is.na(coef(fit))))
}

note_model <- function(what, group, fit) {
  note(what, paste(group, "coefficients"), NA_real_,
       list(coefficient = unname(coef(fit)), std_error = sqrt(pmax(diag(as.matrix(fit$var)), 0))))
  note(what, paste(group, "covariance"), NA_real_, list(value = as.vector(fit$var)))
  note(what, paste(group, "tests"), NA_real_, summary_of(fit))
}

# ---- the arm alone

arm_alone <- function(form, rows, ties) {
  fit <- fitted(form, "in_arm", rows, ties)
  if (!is.null(fit)) note_model("hazard_ratio", paste(form, ties, sep = "|"), fit)
}

# Where the likelihood or the score statistic, both at a fixed coefficient, is that far from its best.
limits <- function(form, rows, ties) {
  fit <- fitted(form, "in_arm", rows, ties)
  if (is.null(fit) || is.na(coef(fit)) || abs(coef(fit)) > 10 || fit$var[1] == 0) return()
  at <- function(coefficient) {
    suppressWarnings(coxph(model_of(form, "in_arm"), rows, ties = ties, init = coefficient, iter.max = 0))
  }
  excess <- list(profile = function(b) 2 * (fit$loglik[2] - at(b)$loglik[1]) - Z^2, score = function(b) at(b)$score - Z^2)
  for (kind in names(excess)) {
    ends <- lapply(c(-1, 1), function(side) {
      far <- coef(fit) + side * c(1.2, 2, 3, 5, 8) * Z * sqrt(fit$var[1])
      for (end in far) {
        if (isTRUE(excess[[kind]](end) > 0)) {
          return(uniroot(excess[[kind]], sort(c(coef(fit), end)), tol = 1e-13, maxiter = 200)$root)
        }
      }
      NA
    })
    note("limits", paste(form, ties, kind, sep = "|"), NA_real_, list(low = ends[[1]], high = ends[[2]]))
  }
}

# ---- several covariates

note_residuals <- function(form, group, rows, fit) {
  note("residuals", paste(group, "martingale", sep = "|"), NA_real_, list(value = residuals(fit, "martingale")))
  note("residuals", paste(group, "score", sep = "|"), NA_real_, list(value = as.vector(residuals(fit, "score"))))
  # Its rows are in the order of strata, and of times within them.
  strata <- if (grepl("stratified", form)) factor(rows$stratum) else rep(1, nrow(rows))
  end <- fit$y[, ncol(fit$y) - 1]
  order <- order(strata, end, -rows$event)
  place <- order[rows$event[order] == 1]
  schoenfeld <- matrix(residuals(fit, "schoenfeld"), ncol = 3)
  note("residuals", paste(group, "schoenfeld", sep = "|"), NA_real_, list(value = as.vector(schoenfeld[order(place), ])))
}

model <- function(form, rows, ties) {
  fit <- fitted(form, "in_arm + x + w", rows, ties)
  if (is.null(fit)) return(invisible())
  group <- paste(form, ties, sep = "|")
  note_model("cox_regression", group, fit)
  if (anyNA(coef(fit)) || max(abs(coef(fit))) > 15) return(invisible())
  if (nrow(rows) < 300) note_residuals(form, group, rows, fit)
  robust <- fitted(form, "in_arm + x + w", rows, ties, robust = TRUE)
  if (!is.null(robust)) note_model("robust", group, robust)
}

zph <- function(form, rows, ties) {
  fit <- fitted(form, "in_arm + x + w", rows, ties)
  if (is.null(fit) || anyNA(coef(fit)) || max(abs(coef(fit))) > 15) return(invisible())
  for (transform in c("km", "rank", "identity", "log")) {
    test <- tryCatch(cox.zph(fit, transform = transform)$table, error = function(problem) NULL)
    if (is.null(test)) next
    note("zph", paste(form, ties, transform, sep = "|"), NA_real_,
         list(statistic = test[, "chisq"], df = test[, "df"], p_value = test[, "p"]))
  }
}

# ---- parts of a trial

likelihood_ratio <- function(what, group, small, large) {
  if (is.null(small) || is.null(large)) return()
  compared <- anova(small, large)
  note(what, paste(group, "test", sep = "|"), NA_real_,
       list(statistic = compared$Chisq[2], df = compared$Df[2], log_likelihood = large$loglik[length(large$loglik)]))
}

subgroups <- function(form, rows, ties) {
  group <- paste(form, ties, sep = "|")
  for (label in unique(rows$w)) {
    members <- rows[rows$w == label, ]
    fit <- if (length(unique(members$in_arm)) == 2) fitted(form, "in_arm", members, ties)
    if (!is.null(fit)) note_model("subgroup", paste(group, label, sep = "|"), fit)
  }
  likelihood_ratio("subgroup", group, fitted(form, "in_arm + factor(w)", rows, ties),
                   fitted(form, "in_arm * factor(w)", rows, ties))
}

periods <- function(form, rows, ties, cuts) {
  group <- paste(form, ties, sep = "|")
  if (!grepl("late", form)) rows$entry <- 0
  rows <- rows[rows$entry < rows$time, ]
  # survSplit does not merge ties that rounding breaks, so whole days are cut only.
  split <- survSplit(Surv(entry, time, event) ~ ., rows, cut = cuts, episode = "period", start = "entry", end = "time")
  late <- if (grepl("stratified", form)) "stratified late" else "late"
  for (period in unique(split$period)) {
    members <- split[split$period == period, ]
    note("period", paste(group, period, "counts", sep = "|"), NA_real_, list(n = nrow(members), events = sum(members$event)))
    fit <- fitted(late, "in_arm", members, ties)
    if (!is.null(fit)) note_model("period", paste(group, period, sep = "|"), fit)
  }
  likelihood_ratio("period", group, fitted(late, "in_arm", split, ties),
                   fitted(late, "in_arm + in_arm:factor(period)", split, ties))
}

cuts_of <- function(rows) {
  cuts <- given_cuts$cut[given_cuts$table == current]
  if (length(cuts) == 0) cuts <- unique(unname(quantile(rows$time, c(1, 2) / 3, type = 1)))
  note("cuts", "", NA_real_, list(cut = cuts))
  cuts
}

# ---- all of it

# With late entry R goes through every choice of tied patients, of which there must not be too many.
rules_for <- function(rows, late, breslow) {
  tied <- max(table(rows$time[rows$event == 1]))
  feasible <- if (late) choose(nrow(rows), tied) < 20000 else nrow(rows) < 300
  c("efron", if (breslow) "breslow", if (feasible) "exact")
}

shipped <- public_tables()
rows <- rbind(given("rows", colClasses = c(stratum = "character")), shipped)
fits <- given("fits")
every <- expand.grid(table = unique(shipped$table), form = FORMS)
every$arm <- every$breslow <- 1
every$model <- every$zph <- every$parts <- every$form %in% c("stratified", "late")
every$limits <- every$table == "R ovarian" & every$form == "stratified late"
fits <- rbind(fits, every)
given_cuts <- given("cuts")
members_of <- split(rows, factor(rows$table, unique(rows$table)))
for (line in seq_len(nrow(fits))) {
  asked <- fits[line, ]
  current <- as.character(asked$table)
  form <- as.character(asked$form)
  members <- members_of[[current]]
  if (sum(members$event) == 0) next
  for (ties in rules_for(members, grepl("late", form), asked$breslow)) {
    if (asked$arm) arm_alone(form, members, ties)
    if (asked$limits) limits(form, members, ties)
    if (ties == "exact") next
    if (asked$model) model(form, members, ties)
    if (asked$zph) zph(form, members, ties)
    if (asked$parts) {
      subgroups(form, members, ties)
      periods(form, members, ties, cuts_of(members))
    }
  }
}
write_table(rows, file.path(folder, "data.csv"))
write_results()
