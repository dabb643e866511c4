"""Patients from digitised survival curves: cleaning, methods, placement in time and quality."""
