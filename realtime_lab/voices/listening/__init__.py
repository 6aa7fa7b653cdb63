"""Voices judged by ear, blind: design, answers and statistics, without a browser."""
