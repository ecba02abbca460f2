"""`python -m checker` is the command `keyturn`."""

import gc
import sys

from checker import interrupt

YOUNG = 100_000
"""Objects that may be new before Python looks for circles among them: what a scan makes it keeps, and has few circles."""


def run() -> None:
    """The process: signals are heeded before anything else is loaded."""
    interrupt.heed()
    gc.set_threshold(YOUNG)
    try:
        from checker.cli import main

        code = main()
    except KeyboardInterrupt:  # before main() could catch it
        code = 2
        sys.stderr.write(f"keyturn: interrupted: {interrupt.word(sys.argv[1:])}.\n")
        sys.stderr.flush()
    interrupt.leave(code)


if __name__ == "__main__":
    run()
