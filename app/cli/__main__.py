"""`python -m app.cli`: the command `loket`."""

from app.cli.main import main

main()
