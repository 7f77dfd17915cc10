"""Where people touch it: the command line, the web desk, the agencies' pages."""
