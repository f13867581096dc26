"""Quizzes: questions drawn and shuffled for each attempt, time kept by the server, right answers kept back."""
