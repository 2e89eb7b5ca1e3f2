"""What makes the committed tables and the published results; run from the root of a checkout."""
