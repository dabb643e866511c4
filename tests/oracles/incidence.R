# R on incidence rates: every number that tests/stats/test_incidence_rate.py compares.
#
#   rates.csv   in: table, events, total, level
#
# poisson.test is R's own, per unit of time.

source("collect.R")

rates <- given("rates")
for (row in seq_len(nrow(rates))) {
  of <- rates[row, ]
  current <- of$table
  exact <- poisson.test(of$events, of$total, conf.level = of$level)
  note("rate", "", 0, list(value = exact$estimate, low = exact$conf.int[1], high = exact$conf.int[2]))
}
write_results()
