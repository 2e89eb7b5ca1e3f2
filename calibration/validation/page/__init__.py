"""The page of a validation: every verdict, with its figure, in one file."""
