"""The engine: timetable, dispatch, the two drivers, initial state and monthly inputs."""
