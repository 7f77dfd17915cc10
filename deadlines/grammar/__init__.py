"""Reading printed deadlines: rules as data over normalised words.

`read` one text, `read_task` a task's cell with the conditions of its title, `find_conditions` inside a
title or a product. `prepare` compiles all rules at once, for processes that serve.
"""

from deadlines.grammar.conditions import find_conditions, read_task
from deadlines.grammar.reader import forget_shapes, prepare, read, read_afresh

__all__ = ["find_conditions", "forget_shapes", "prepare", "read", "read_afresh", "read_task"]
