"""Drawing a process: drafts, editor, form preview, diff."""
