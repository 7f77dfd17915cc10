"""What happens by itself: steps that join the rooms, and the Prefect flows that call them."""
