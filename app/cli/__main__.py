"""`python -m app.cli`: the same as the command `loket`."""

from app.cli.main import main

main()
