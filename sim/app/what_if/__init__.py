"""The tab What if: change the world, see at once how much differs and how sure that is."""
