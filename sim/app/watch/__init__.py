"""The tab Watch: one world, month by month, on a map."""
