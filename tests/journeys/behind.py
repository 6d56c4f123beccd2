"""What goes on behind the pages of a city, in one process that stays: a new one takes a second to get ready.

Reads one line of JSON for each thing to do, ["module", "argument", ...], and answers each with a line when it
is done. What fails ends the process, with its traceback on the error stream.
"""

import importlib
import json
import sys


def main() -> None:
    """Do what the lines say until there are no more."""
    for line in sys.stdin:
        module, *arguments = json.loads(line)
        sys.argv = [module, *arguments]
        importlib.import_module(module).main()
        print("done", flush=True)


if __name__ == "__main__":
    main()
