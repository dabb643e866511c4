# The analysis data and the questions as they are read, every cell a text; and the patients of an endpoint.

folder_of_data <- arguments[1]
folder_of_questions <- arguments[2]

# A text that a spreadsheet would run stands behind an apostrophe.
read_cells <- function(folder, name) {
  file <- file.path(folder, paste0(name, ".csv"))
  if (!file.exists(file)) return(NULL)
  cells <- read.csv(file, colClasses = "character", na.strings = character(0), check.names = FALSE, encoding = "UTF-8")
  cells[] <- lapply(cells, sub, pattern = "^'", replacement = "")
  cells
}

asked <- read_cells(folder_of_questions, "asked")
settings <- local({
  rows <- read_cells(folder_of_questions, "settings")
  split(rows$value, paste(rows$of, rows$name, sep = "\r"))
})

# What the parameters say: all values of a name, none where it is left out.
said <- function(of, name) as.character(settings[[paste(of, name, sep = "\r")]])
is_said <- function(of, name) identical(said(of, name), "1")
number_said <- function(of, name) as.numeric(said(of, name))
of_endpoint <- function(endpoint) paste0("endpoint:", endpoint)
conf_level <- number_said("study", "conf_level")

# A part of the analysis data, which has no file where it has no rows.
parts <- new.env()
part <- function(name) {
  if (is.null(parts[[name]])) {
    cells <- read_cells(folder_of_data, name)
    if (is.null(cells)) stop("there are no ", name)
    parts[[name]] <- cells
  }
  parts[[name]]
}

known <- function(name, make) {
  if (is.null(parts[[name]])) parts[[name]] <- make()
  parts[[name]]
}

# The patients of an endpoint as the models take them: time, event, entry, arm, stratum, and what ended their time.
as_patients <- function(rows) {
  rows <- rows[rows$time != "", ]
  data.frame(
    patient = rows$patient, arm = rows$arm, stratum = rows$stratum, reason = rows$reason,
    time = as.numeric(rows$time), event = rows$event == "1", entry = as.numeric(rows$entry)
  )
}

patients_of <- function(endpoint) {
  known(paste("patients of", endpoint), function() {
    times <- part("times")
    patients <- as_patients(times[times$endpoint == endpoint, ])
    competing <- patients$reason %in% said(of_endpoint(endpoint), "competing")
    patients$cause <- ifelse(patients$event, 1, ifelse(competing, 2, 0))
    patients
  })
}

is_late <- function(patients) any(!is.na(patients$entry))

of_pair <- function(patients, q) {
  pair <- patients[patients$arm %in% c(q$arm, q$reference), ]
  pair$x <- as.numeric(pair$arm == q$arm)
  pair
}

# What was recorded of patients before randomisation, numbers as numbers; NA where it is missing.
described <- function(patient, variable) {
  subjects <- part("subjects")
  values <- subjects[[variable]][match(patient, subjects$patient)]
  if (variable %in% said("study", "continuous")) return(as.numeric(values))
  values[values == ""] <- NA
  values
}
