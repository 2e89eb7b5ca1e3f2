"""The model beside a user's table: :mod:`.comparison` is where to begin."""
