"""The tab Why: how a deal came about, and why another did not."""
