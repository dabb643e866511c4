# The numbers of the main analysis and of its variants, from the patients that each variant has.

sensitivity_number <- function(q) {
  if (q$phase != "") return(response_variant(q))
  if (q$measure == "tipping_factor" || q$level != "") return("it rests on event times that are imputed at random")
  of <- of_endpoint(q$endpoint)
  patients <- patients_of_variant(q)
  own <- patients[patients$arm == q$arm, ]
  level <- number_said(of, "conf_level")
  switch(q$measure,
    patients = list(value = nrow(own)),
    events = list(value = sum(own$event)),
    median = median_of(kaplan_meier(own, said(of, "conf_type"), level)),
    logrank = logrank(of_pair(patients, q), is_said(of, "stratified")),
    hazard_ratio = hazard_ratio(cox(of_pair(patients, q), is_said(of, "stratified"), said(of, "ties")), level)
  )
}

patients_of_variant <- function(q) {
  if (q$variant == "") return(patients_of(q$endpoint))
  known(paste("variant", q$endpoint, q$variant, sep = "\r"), function() {
    rows <- part("sensitivity_times")
    as_patients(rows[rows$endpoint == q$endpoint & rows$variant == q$variant, ])
  })
}

# Patients whose response is not known respond, or do not, or are left out.
response_variant <- function(q) {
  missing <- if (q$variant == "") "non-responders" else said(paste0("visit:", q$phase), q$variant)
  rows <- of_visit(q$phase)
  unknown <- rows$response == said("study", "not_evaluable")
  of_reference <- rows$arm == said("study", "reference")
  rows$responded <- rows$responded | unknown & switch(missing,
    "responders" = TRUE, "best case" = !of_reference, "worst case" = of_reference, FALSE
  )
  if (missing == "left out") rows <- rows[!unknown, ]
  own <- rows[rows$arm == q$arm, ]
  if (q$measure == "rate") return(exact_share(sum(own$responded), nrow(own), conf_level))
  rates_compared(counts_of(rows, q), q$measure)
}
