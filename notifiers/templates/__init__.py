"""The wording and the layouts of what agencies receive (jinja2)."""
