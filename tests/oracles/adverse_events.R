# R on adverse events: every number that tests/analysis/test_safety_r.py compares.
#
#   subjects.csv   in: USUBJID, TRT01P, TRT01A, SAFFL, TRTSDT, TRTEDT
#   events.csv     in: ADAE
#
# Patients are counted by unique(), events by nrow(), the worst grade by tapply(), rates by poisson.test().

source("collect.R")

plain <- function(text) tolower(trimws(text))
day <- function(text) as.numeric(as.Date(text))

subjects <- given("subjects", colClasses = "character")
events <- given("events", colClasses = "character")
subjects <- subjects[subjects$SAFFL == "Y", ]
arm <- c(High = "high", Low = "low", Placebo = "placebo")
received <- ifelse(subjects$TRT01A == "", subjects$TRT01P, subjects$TRT01A)
subjects$arm <- arm[received]
subjects$first <- day(subjects$TRTSDT)
subjects$end <- day(subjects$TRTEDT) + 7
events <- events[events$TRTEMFL == "Y" & events$USUBJID %in% subjects$USUBJID, ]
events$arm <- subjects$arm[match(events$USUBJID, subjects$USUBJID)]
events$start <- ifelse(events$ASTDT == "", -Inf, day(ifelse(events$ASTDT == "", "2000-01-01", events$ASTDT)))
events$grade <- c(mild = 1, moderate = 2, severe = 3)[plain(events$AESEV)]
events$class <- ifelse(events$AEBODSYS == "", "no system organ class", plain(events$AEBODSYS))
events$term <- plain(events$AEDECOD)

worst_grade <- function(rows) {
  worst <- tapply(rows$grade, rows$USUBJID, function(grades) if (all(is.na(grades))) NA else max(grades, na.rm = TRUE))
  counts <- setNames(lapply(1:5, function(grade) sum(worst == grade, na.rm = TRUE)), paste0("worst_grade_", 1:5))
  c(counts, list(worst_grade_unknown = sum(is.na(worst))))
}

rate <- function(rows, members) {
  first <- tapply(rows$start, rows$USUBJID, min)[members$USUBJID]
  end <- ifelse(is.na(first), members$end, pmin(pmax(first, members$first), members$end))
  found <- poisson.test(length(unique(rows$USUBJID)), sum(end - members$first + 1) / 365.25)
  list(value = 100 * found$estimate, low = 100 * found$conf.int[1], high = 100 * found$conf.int[2])
}

count <- function(line, rows) {
  current <<- line
  for (of in unname(arm)) {
    own <- rows[rows$arm == of, ]
    note("patients", of, 0, list(value = length(unique(own$USUBJID))))
    note("events", of, 0, list(value = nrow(own)))
    note("rate", of, 0, rate(own, subjects[subjects$arm == of, ]))
    grades <- worst_grade(own)
    for (measure in names(grades)) note(measure, of, 0, list(value = grades[[measure]]))
  }
}

count("any", events)
count("serious", events[events$AESER == "Y", ])
count("grade_3", events[!is.na(events$grade) & events$grade >= 3, ])
count("related", events[events$AEREL %in% c("POSSIBLE", "PROBABLE", ""), ])
count("stopped", events[events$AEACN == "DRUG WITHDRAWN", ])
count("fatal", events[events$AESDTH == "Y" | events$AEOUT == "FATAL", ])
for (class in unique(events$class)) {
  of_class <- events[events$class == class, ]
  count(class, of_class)
  for (term in unique(of_class$term)) count(paste(class, term, sep = " / "), of_class[of_class$term == term, ])
}
write_results()
