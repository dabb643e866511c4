# Who was randomised and analysed, how long patients were followed and treated, and who had adverse events.

population_number <- function(q) {
  if (q$measure %in% c("randomised", "excluded", "analysed", "exclusion", "stratum")) return(disposition(q))
  if (q$measure == "counted_in") return(list(value = sum(counted_in(q$factor) == q$level & randomised_to(q$factor) == q$arm)))
  if (q$measure == "follow_up") return(follow_up(q))
  if (q$measure == "adverse_event") {
    rows <- part("adverse_events")
    return(list(value = sum(rows$kind == q$variant & rows$term == q$level & rows$arm == q$arm & rows$affected == "1")))
  }
  exposure(q)
}

disposition <- function(q) {
  subjects <- part("subjects")
  analysed <- subjects$analysed == "1"
  in_arm <- function(arms) q$arm == "" | arms == q$arm
  counted <- switch(q$measure,
    randomised = in_arm(subjects$randomised_arm),
    excluded = !analysed & in_arm(subjects$randomised_arm),
    analysed = analysed & in_arm(subjects$arm),
    exclusion = !analysed & in_arm(subjects$randomised_arm) & subjects$exclusion_reason == q$level,
    stratum = analysed & in_arm(subjects$arm) & subjects[[q$factor]] == q$level
  )
  list(value = sum(counted))
}

# The patients of a population with the arm that they count in, and the arm that they were randomised to.
members_of <- function(population) {
  subjects <- part("subjects")
  if (population == said("study", "population")) return(data.frame(subjects, counted = subjects$arm)[subjects$analysed == "1", ])
  if (population == said("study", "safety_population")) {
    return(data.frame(subjects, counted = subjects$safety_arm)[subjects$safety_arm != "", ])
  }
  endpoints <- said("study", "endpoints")
  own <- endpoints[vapply(endpoints, function(name) said(of_endpoint(name), "population") == population, NA)][1]
  times <- part("times")
  times <- times[times$endpoint == own, ]
  data.frame(subjects[match(times$patient, subjects$patient), ], counted = times$arm)
}
counted_in <- function(population) members_of(population)$counted
randomised_to <- function(population) members_of(population)$randomised_arm

follow_up <- function(q) {
  patients <- patients_of(said("study", "follow_up_endpoint"))
  estimator <- said("study", "follow_up_estimator")
  free <- patients$cause == 0
  used <- if (estimator == "observed") patients$time else patients$time[free]
  if (!length(used)) return(list(value = NA))
  if (q$variant == "shortest") return(list(value = min(used)))
  if (q$variant == "longest") return(list(value = max(used)))
  if (estimator != "reverse-kaplan-meier") return(list(value = median(used)))
  reversed <- data.frame(time = patients$time, event = free, entry = NA)
  median_of(kaplan_meier(reversed, "log-log", conf_level))
}

exposure <- function(q) {
  rows <- tryCatch(part("exposure"), error = function(error) data.frame(phase = character(0)))
  rows <- rows[rows$phase == q$phase, , drop = FALSE]
  if (!nrow(rows)) return(list(value = 0))
  ended <- rows$ended == "1"
  completed <- rows$completed == "1"
  switch(q$measure,
    started = list(value = nrow(rows)),
    completed = list(value = sum(completed)),
    stopped = list(value = sum(ended & !completed)),
    ongoing = list(value = sum(!ended)),
    length = median_of(kaplan_meier(data.frame(time = as.numeric(rows$time), event = ended, entry = NA), "log-log", conf_level))
  )
}
