"""The operator's list of cases and the page of one: filters, repairs, variables, migration."""
