"""One module a family of commands; each returns the exit code."""
