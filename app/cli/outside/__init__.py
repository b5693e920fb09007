"""Commands about who is outside: programs and their messages, webhooks, visitors of forms."""
