"""Forms of operators: changes to instances, values of variables, webhook addresses."""
