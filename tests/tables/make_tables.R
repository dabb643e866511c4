# Makes the SAS files of this folder, which Python cannot write. From the top of the project:
#     Rscript tests/tables/make_tables.R
# R 4 and haven 2.5.1, which are not needed to run the tests.
suppressWarnings({ # write_sas is deprecated, for SAS does not open all that it writes; ReadStat reads all of it

folder <- "tests/tables"

# The table of tests/trial/test_cells.py, AWKWARD.
at <- function(text) as.POSIXct(text, tz = "UTC", format = "%Y-%m-%d %H:%M:%S")
awkward <- data.frame(
  USUBJID = c("01-001", "\u00c5ngstr\u00f6m", "12345678901234567", "x, \"y\"", "01-005"),
  NOTE = c("trailing   ", NA, "two\nlines", "Na\u00efve", ""),
  AVAL = c(0.1, 1 / 3, 35, -0.0, NA),
  BIG = c(12345678901234568, 1e22, 1e15, -2.5, NA),
  ADT = as.Date(c("2020-02-29", "1950-01-01", NA, "2020-01-02", "1900-03-01")),
  ADTM = at(c("2020-02-29 13:05:00", "2020-02-29 00:00:00", NA, "1950-01-01 00:00:01", "1999-12-31 23:59:59")),
  ATM = hms::hms(c(47100, 0, NA, 1, 86399)),
  ANL01FL = c("Y", "N", NA, "Y", "N"),
  TINY = c(1e-300, 5e-324, NA, -1.7976931348623157e308, 1)
)
haven::write_sas(awkward, file.path(folder, "awkward.sas7bdat"))

# Special missing values, which only a transport file of haven can hold.
special <- data.frame(USUBJID = c("1", "2", "3", "4"), AVAL = c(haven::tagged_na("A"), 4, haven::tagged_na("Z"), NA))
haven::write_xpt(special, file.path(folder, "special.xpt"), version = 5)

for (name in c("adsl", "adtte")) {
  kinds <- if (name == "adtte") c(AVAL = "numeric", CNSR = "numeric") else character()
  header <- names(read.csv(sprintf("smmlib/datasets/freireich-1963/%s.csv", name), nrows = 1))
  classes <- setNames(rep("character", length(header)), header)
  classes[names(kinds)] <- kinds
  table <- read.csv(sprintf("smmlib/datasets/freireich-1963/%s.csv", name), colClasses = classes)
  haven::write_sas(table, sprintf("%s/freireich/%s.sas7bdat", folder, name))
}
})
