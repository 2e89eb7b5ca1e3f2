"""The world as tables with sources, and what follows from them alone."""
