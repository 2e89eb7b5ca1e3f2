"""The tab Lessons: predict, run, explain."""
