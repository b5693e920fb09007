"""What all areas of the site share: access, database session, errors, formats, headers.

Doors: `access` (roles per route), `db` (session of the request), `errors` (exception to page).
"""
