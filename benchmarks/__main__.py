"""`python -m benchmarks forward`: measure, print, and write benchmarks/results."""

import argparse

from benchmarks import forward, interpret, train, truth

BENCHMARKS = {
    "forward": forward.run,
    "interpret": interpret.run,
    "train": train.run,
    "truth": truth.run,
}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("which", nargs="*", default=list(BENCHMARKS), choices=list(BENCHMARKS))
    parser.add_argument("--rounds", type=int, default=3, help="timed rounds of all contestants")
    arguments = parser.parse_args()
    for name in arguments.which:
        report = BENCHMARKS[name](arguments.rounds)
        print(report.markdown(), report.write(), sep="\n")


if __name__ == "__main__":
    main()
