# Makes the figures of this folder, and the patients that are drawn in them. Run in this folder: Rscript figures.R
# Made with R 4.2.2, survival 3.5-3, svglite 2.1.1 and ggplot2 3.4.1. pdf() and svglite write coordinates in points with
# two decimals, svg() with six.
library(survival)
library(ggplot2)

names_of_arms <- c("Maintained", "Nonmaintained")
colours <- c("#0b5394", "#c2571a")
by_arm <- survfit(Surv(time, status) ~ x, data = aml)
both <- survfit(Surv(time, status) ~ 1, data = aml)
writeLines(c("time,event,arm", paste(aml$time, aml$status, aml$x, sep = ",")), "aml.csv")

two_arms <- function() {
  plot(by_arm, mark.time = TRUE, col = colours, xlab = "Weeks", ylab = "Survival")
  legend("topright", names_of_arms, col = colours, lty = 1)
}
one_with_limits <- function() {
  plot(both, mark.time = TRUE, conf.int = TRUE, yscale = 100, las = 1, xlab = "Weeks", ylab = "Survival (%)")
}
black_incidence <- function() {
  plot(by_arm, mark.time = TRUE, fun = "event", lty = 1:2, bty = "l", xlab = "Weeks", ylab = "Relapse")
}
plain_lines <- function() {
  # Three solid black lines, of which the middle one is the curve.
  plot(both, mark.time = TRUE, mark = "|", conf.int = TRUE, lty = c(1, 1, 1), xlab = "Weeks", ylab = "Survival")
}

write_figure <- function(name, device, draw) {
  device(name, width = 6, height = 4.5)
  draw()
  invisible(dev.off())
}
small_pdf <- function(...) pdf(..., compress = TRUE)
write_figure("two-arms.svg", svglite::svglite, two_arms)
write_figure("two-arms.pdf", small_pdf, two_arms)
write_figure("two-arms-outlined.svg", svg, two_arms)
write_figure("limits.svg", svglite::svglite, one_with_limits)
write_figure("limits.pdf", small_pdf, one_with_limits)
write_figure("solid-limits.pdf", small_pdf, plain_lines)
write_figure("incidence.pdf", small_pdf, black_incidence)

steps <- summary(by_arm, censored = TRUE)
corners <- data.frame(
  weeks = c(0, 0, steps$time),
  survival = c(1, 1, steps$surv),
  censored = c(0, 0, steps$n.censor),
  arm = c(names_of_arms, sub("x=", "", as.character(steps$strata)))
)
drawn <- ggplot(corners, aes(weeks, survival, colour = arm)) +
  geom_step() +
  geom_point(data = subset(corners, censored > 0), shape = 3) +
  scale_y_continuous(labels = function(y) paste0(100 * y, "%"), limits = c(0, 1))
ggsave("ggplot.svg", drawn + theme_minimal(), device = svglite::svglite, width = 6, height = 4.5)
ggsave("ggplot.pdf", drawn + theme_bw(), width = 6, height = 4.5)
