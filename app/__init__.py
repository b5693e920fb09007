"""The web application and the command line; every area of the site is a package.

Doors: `factory` (the Flask app), `cli.main` (the command `loket`).
"""
