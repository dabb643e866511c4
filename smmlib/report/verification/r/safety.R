# Adverse events: patients, events, worst grades, rates by time at risk, and differences between arms.

DAYS_PER_YEAR <- 365.25

# A row a patient who has an event of a line: of a kind of events, of a system organ class, or of a term.
affected_by <- function(q) {
  known(paste("affected", q$variant, q$factor, q$level, sep = "\r"), function() {
    rows <- if (q$variant == "") part("adverse_event_terms") else part("adverse_events")
    chosen <- if (q$variant != "") rows$kind == q$variant & rows$term == "" & rows$affected == "1"
      else rows$system_organ_class == q$factor & (q$level == "" | rows$term == q$level)
    rows <- rows[chosen, ]
    rows[c("events", "worst_grade", "days_to_event")] <- lapply(rows[c("events", "worst_grade", "days_to_event")], as.numeric)
    patients <- rows[!duplicated(rows$patient), ]
    of <- function(column, by) vapply(patients$patient, function(one) by(rows[rows$patient == one, column]), 0)
    patients$events <- of("events", sum)
    patients$worst_grade <- of("worst_grade", function(grades) if (all(is.na(grades))) NA_real_ else max(grades, na.rm = TRUE))
    patients$days_to_event <- of("days_to_event", min)
    patients
  })
}

safety_number <- function(q) {
  population <- part("safety_population")
  own <- population[population$arm == q$arm, ]
  if (q$measure == "population") return(list(value = nrow(own)))
  affected <- affected_by(q)
  if (q$measure == "difference") {
    counts <- list(x = sum(affected$arm == q$arm), n = nrow(own),
                   x0 = sum(affected$arm == q$reference), n0 = sum(population$arm == q$reference))
    return(rates_compared(counts, "difference"))
  }
  affected <- affected[affected$arm == q$arm, ]
  if (q$measure == "patients") return(list(value = nrow(affected)))
  if (q$measure == "events") return(list(value = sum(affected$events)))
  if (q$measure == "rate") return(rate(own, affected))
  grade <- sub("worst_grade_", "", q$measure, fixed = TRUE)
  list(value = if (grade == "unknown") sum(is.na(affected$worst_grade)) else sum(affected$worst_grade %in% as.numeric(grade)))
}

# Patients are at risk until their first event.
rate <- function(own, affected) {
  until <- as.numeric(own$days_at_risk)
  place <- match(affected$patient, own$patient)
  until[place] <- affected$days_to_event
  found <- poisson.test(nrow(affected), sum(until) / DAYS_PER_YEAR, conf.level = conf_level)
  list(value = 100 * unname(found$estimate), low = 100 * found$conf.int[1], high = 100 * found$conf.int[2])
}
