"""The command ``nsg``: from arguments to a command, from errors to exit codes.

Output for programs goes to stdout, everything else to stderr. Exit codes: 0 done;
1 a bug (with a traceback); 2 something that the user can mend (one line); 130
interrupted, and what was finished is kept.
"""

import contextlib
import io
import os
import re
import signal
import sys
from collections.abc import Sequence
from typing import Annotated, Any, Union

import tyro

from nsg_core.commands.bench import Bench
from nsg_core.commands.demo import Demo
from nsg_core.commands.eval import Eval
from nsg_core.commands.export import Export
from nsg_core.commands.import_original import ImportOriginal
from nsg_core.commands.inspect import Inspect
from nsg_core.commands.manoeuvre import Manoeuvre
from nsg_core.commands.render import Render
from nsg_core.commands.train import Train
from nsg_core.errors import NsgError
from nsg_core.progress import Interrupted

COMMANDS: dict[str, type] = {
    "demo": Demo,
    "inspect": Inspect,
    "train": Train,
    "render": Render,
    "export": Export,
    "eval": Eval,
    "manoeuvre": Manoeuvre,
    "import-original": ImportOriginal,
    "bench": Bench,
}
"""A new command is one more row, and its dataclass with a method `run`."""

DONE, BUG, MEND, STOPPED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command; the exit code."""
    # SIGTERM is a request to end in order, as Ctrl-C is.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        command = parse(sys.argv[1:] if argv is None else argv)
        command.run()
        sys.stdout.flush()
    except NsgError as error:
        say(f"error: {error}")
        return MEND
    except (Interrupted, KeyboardInterrupt):
        say("interrupted; what was finished is kept.")
        return STOPPED
    except BrokenPipeError:
        # Whoever read our output has gone, as `head` does. Nothing more can be said
        # there, nor may the interpreter try so when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return DONE


def parse(argv: Sequence[str]) -> Any:
    """The command that the arguments ask for; NsgError where they ask for none."""
    known = tuple(
        Annotated[type_, tyro.conf.subcommand(name)] for name, type_ in COMMANDS.items()
    )
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            return tyro.cli(
                Union[known],  # noqa: UP007  # pyright: ignore
                prog="nsg",
                description="Recorded drives as neural scene graphs: read, train, "
                "edit, render and export them without a screen.",
                args=gather(argv, "--set"),
                config=(tyro.conf.OmitArgPrefixes,),
            )
    except SystemExit as end:
        if end.code in (0, None):
            raise
        raise NsgError(one_line(said.getvalue())) from None


def one_line(box: str) -> str:
    """What the parser said in a drawn box, as one line."""
    inside = [line for line in box.splitlines() if not line.startswith(("╭", "╰"))]
    lines = (re.sub("[─│]+", " ", line).strip() for line in inside)
    return " ".join(line for line in lines if line)


def gather(argv: Sequence[str], option: str) -> list[str]:
    """All values of a repeated option behind its first occurrence.

    The parser would take the last one alone, and the others would be lost in silence.
    """
    kept: list[str] = []
    values: list[str] = []
    inside = False
    for word in argv:
        inside = word == option or (inside and not word.startswith("-"))
        if inside and word != option:
            values.append(word)
        elif word != option or option not in kept:
            kept.append(word)
    at = kept.index(option) + 1 if option in kept else len(kept)
    return [*kept[:at], *values, *kept[at:]]


def say(text: str) -> None:
    """One line for people."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
