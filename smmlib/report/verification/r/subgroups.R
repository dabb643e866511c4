# Hazard ratios, responses and odds ratios in subgroups, and tests of interaction by likelihood ratios.

TIGHT <- glm.control(epsilon = 1e-14, maxit = 200)

# The subgroup of each patient by a variable, NA where it is not known.
group_of <- function(patient, variable) {
  values <- described(patient, variable)
  cuts <- number_said(paste0("subgroup:", variable), "cuts")
  if (!length(cuts)) return(as.character(values))
  intervals <- said(paste0("subgroup:", variable), "intervals")
  as.character(cut(values, c(-Inf, cuts, Inf), labels = intervals, right = FALSE))
}

in_subgroup <- function(rows, q) {
  if (q$factor == "") return(rows)
  rows$group <- group_of(rows$patient, q$factor)
  if (q$level == "") rows else rows[!is.na(rows$group) & rows$group == q$level, ]
}

subgroup_number <- function(q) {
  of <- of_endpoint(q$endpoint)
  rows <- in_subgroup(patients_of(q$endpoint), q)
  own <- rows[rows$arm == q$arm, ]
  switch(q$measure,
    patients = list(value = nrow(own)),
    events = list(value = sum(own$event)),
    missing = list(value = sum(is.na(own$group))),
    hazard_ratio = hazard_ratio(cox(of_pair(rows, q), FALSE, said(of, "ties")), number_said(of, "conf_level")),
    interaction_test = interaction_of_hazards(of_pair(rows, q), said(of, "ties"))
  )
}

# Among the subgroups with events; none where fewer than two have any, or no subgroup has a hazard ratio.
interaction_of_hazards <- function(pair, ties) {
  groups <- split(pair, pair$group)
  groups <- groups[vapply(groups, function(rows) any(rows$event), NA)]
  if (length(groups) < 2 || !any(vapply(groups, has_hazard_ratio, NA, ties = ties))) {
    return(list(statistic = NA, p_value = NA))
  }
  pair <- do.call(rbind, groups)
  models <- lapply(c("x + group", "x * group"), function(terms) cox(pair, FALSE, ties, terms))
  df <- diff(vapply(models, function(fit) sum(!is.na(coef(fit))), 0))
  chi_square(2 * (models[[2]]$loglik[2] - models[[1]]$loglik[2]), df)
}

has_hazard_ratio <- function(rows, ties) {
  length(unique(rows$x)) == 2 && tryCatch(!is.na(coef(cox(rows, FALSE, ties))[[1]]), error = function(error) FALSE)
}

response_subgroup_number <- function(q) {
  rows <- in_subgroup(of_visit(q$phase), q)
  own <- rows[rows$arm == q$arm, ]
  switch(q$measure,
    patients = list(value = nrow(own)),
    responders = list(value = sum(own$responded)),
    missing = list(value = sum(is.na(own$group))),
    odds_ratio = rates_compared(counts_of(rows, q), "odds_ratio"),
    interaction_test = interaction_of_odds(of_pair(rows[!is.na(rows$group), ], q))
  )
}

interaction_of_odds <- function(pair) {
  cells <- table(pair$group, pair$x, pair$responded)
  if (any(cells == 0)) return("in a subgroup all patients of an arm responded, or none")
  models <- lapply(list(responded ~ x + group, responded ~ x * group), glm, binomial, pair, control = TIGHT)
  gain <- deviance(models[[1]]) - deviance(models[[2]])
  chi_square(gain, df.residual(models[[1]]) - df.residual(models[[2]]))
}
