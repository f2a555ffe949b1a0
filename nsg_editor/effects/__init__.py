"""The edge of the program: files, child processes, signals."""
