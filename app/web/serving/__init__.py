"""Flask as it serves every answer: configuration, static files, template cache, request size."""
