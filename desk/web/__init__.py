"""The web desk: pages for the office, pages for agencies, and an interface for programs."""
