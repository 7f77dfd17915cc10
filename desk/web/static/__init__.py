"""Style sheet, the vendored htmx and our own few lines of JavaScript."""
