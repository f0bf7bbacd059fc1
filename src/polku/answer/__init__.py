"""Answers: what every one can do besides being read."""

from polku.answer.answer import GROUP, NTH, Answer, pictured, pictured_in

__all__ = ["GROUP", "NTH", "Answer", "pictured", "pictured_in"]
