"""The classroom: a teacher asks the lessons' questions, students predict on their phones."""
