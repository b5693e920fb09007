"""Setting up the database: schema, migrations, initial content. Door: `preparation`."""
