"""Files that play a recorded world, or answer what-ifs, without a server."""
