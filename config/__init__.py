"""What admins adjust, and the loaders that refuse a mistake with file, field, value and what is allowed."""
