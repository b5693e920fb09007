"""`loket doctor`: diagnoses the configuration and the systems around it."""
