"""The maker of the tile map, which the committed ``grid.csv`` comes from."""
