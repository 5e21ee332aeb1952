"""`python -m tests.continuity.checker RUN_FOLDER`: judges a run, exit code 1 on a violation."""

import argparse
import sys
from pathlib import Path

from tests.continuity.checker.evidence import read_evidence
from tests.continuity.checker.invariants import judge
from tests.continuity.checker.verdict import keep, table


def main() -> int:
    """Read the evidence, judge it and print the verdict."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("run_folder", type=Path)
    folder: Path = parser.parse_args().run_folder
    verdict = judge(read_evidence(folder))
    keep(verdict, folder / "verdict.json")
    sys.stdout.write(f"{table(verdict)}\n{verdict.line}\n")
    return 0 if verdict.holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
