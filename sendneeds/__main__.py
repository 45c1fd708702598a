"""The command line: a thin shell over the public functions."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from sendneeds.foundation.errors import SendneedsError, printable


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; those of the process when left out.

    Returns
    -------
    int
        0 done; 1 the pack that was checked has faults; 2 something the user can mend.

    Examples
    --------
    >>> main(["check", "bedfrod"])  # what is wrong is told on standard error
    2
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console that lacks a character shows ? and no traceback
            stream.reconfigure(errors="replace")
    args = None
    try:
        from sendneeds.cli.parser import parser  # takes a moment, in which it may be stopped

        args = parser().parse_args(argv)
        status: int = args.do(args)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (SendneedsError, OSError) as error:
        print(f"sendneeds: {printable(str(error))}", file=sys.stderr)
        return 2
    except MemoryError:
        print(
            "sendneeds: this computer's memory is used up. Ask for fewer draws or options.", file=sys.stderr
        )
        return 2
    except KeyboardInterrupt:
        many = getattr(args, "command", "") == "run-areas"
        left = "areas that are done stay; the same command goes on" if many else "nothing was written"
        print(f"sendneeds: stopped; {left}", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
