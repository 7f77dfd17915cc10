"""Documents to plans: one reader a format, then one extractor over them all."""
