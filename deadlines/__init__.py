"""The pure core: what deadlines mean, when they fall due, who must be told, and when."""
