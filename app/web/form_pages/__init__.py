"""What the page of a form needs, of a task or a start: its case, first values, help, files."""
