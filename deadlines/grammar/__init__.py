"""Reading printed deadlines: rules as data over normalised words.

`read` one text, `read_task` a task's cell with the conditions of its title, `find_conditions` inside a
title or a product.
"""

from deadlines.grammar.conditions import find_conditions, read_task
from deadlines.grammar.reader import read, read_afresh

__all__ = ["find_conditions", "read", "read_afresh", "read_task"]
