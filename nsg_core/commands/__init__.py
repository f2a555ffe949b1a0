"""The commands of `nsg`: one file, one dataclass, one command.

A command's attributes are its arguments and their docstrings its help; `run` does it.
Heavy imports stand inside the functions, so that ``nsg --help`` answers at once.
"""
