"""Plain functions that join the rooms by passing values. None of them knows Prefect or asks the clock."""
