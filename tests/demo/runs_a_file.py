"""Runs program.py of a folder as a main program: python -m tests.demo.runs_a_file FOLDER …"""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    folder = Path(sys.argv.pop(1))
    runpy.run_path(str(folder / "program.py"), run_name="__main__")
