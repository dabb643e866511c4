"""Why tests are skipped, in words that the summary of a run counts."""

R_IS_MISSING = "needs Rscript with the packages survival and cmprsk, which is not on this machine"
LIBREOFFICE_IS_MISSING = "needs LibreOffice, which is not on this machine"
