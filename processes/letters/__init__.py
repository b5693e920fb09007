"""The e-mails: their texts, layout and summaries. Door: `templates`."""
