"""`python -m checker` is the command `keyturn`."""

import sys

from checker import interrupt


def run() -> None:
    """The process: signals are heeded before anything else is loaded."""
    interrupt.heed()
    try:
        from checker.cli import main

        code = main()
    except KeyboardInterrupt:  # before main() could catch it
        code = 2
        sys.stderr.write("keyturn: interrupted: there is no verdict.\n")
        sys.stderr.flush()
    interrupt.leave(code)


if __name__ == "__main__":
    run()
