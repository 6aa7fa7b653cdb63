"""Sums, in digits or in words."""

from __future__ import annotations

import ast
import math
import operator
import re

from ..context import Answer, Context
from ..wording import digits, spoken_number

__all__ = ["arithmetic"]

_WORDS = (
    (r"\bsquare root of (\S+)", r"sqrt(\1)"),
    (r"\b(\S+) squared\b", r"(\1 ** 2)"),
    (r"\b(\S+) cubed\b", r"(\1 ** 3)"),
    (r"\b(\S+) (?:percent|per cent|%) of (\S+)", r"(\1 / 100 * \2)"),
    (r"(?<=\d)% of ", " / 100 * "),
    (r"\bhalf of (\S+)", r"(\1 / 2)"),
    (r"\b(?:twice|double) (\S+)", r"(2 * \1)"),
    (r"\b(?:to the power of|raised to)\b", "**"),
    (r"\b(?:divided by|over)\b|÷", "/"),
    (r"\b(?:multiplied by|times)\b|×|(?<=\d) ?x ?(?=\d)", "*"),
    (r"\bplus\b", "+"),
    (r"\bminus\b|−", "-"),
    (r"\badd (\S+) (?:and|to) (\S+)", r"\1 + \2"),
    (r"\bsum of (\S+) and (\S+)", r"\1 + \2"),
    (r"\bsubtract (\S+) from (\S+)", r"\2 - \1"),
    (r"\bdivide (\S+) by (\S+)", r"\1 / \2"),
    (r"\bmultiply (\S+) (?:by|and|with) (\S+)", r"\1 * \2"),
)
_SUM = re.compile(r"(?:sqrt\(|\(|-)*\d[\d.\s()+*/-]*(?:sqrt\([\d.]+\)[\d.\s()+*/-]*)*")
_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.Pow: operator.pow,
}  # fmt: skip
_LARGEST = 1e15


def arithmetic(context: Context) -> Answer | None:
    """Computes with the four operations, powers, roots and percentages."""
    text = digits(context.said.lower().rstrip("?!. "))
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    for pattern, sign in _WORDS:
        text = re.sub(pattern, sign, text)
    found = max((m[0].strip() for m in _SUM.finditer(text)), key=len, default="")
    if not re.search(r"\d\)?\s*(?:[+*/-]|\*\*)\s*[(\d]|sqrt", found):
        return None
    try:
        value = _value(ast.parse(found, mode="eval").body)
    except (SyntaxError, KeyError, ValueError, OverflowError, TypeError):
        return None
    except ZeroDivisionError:
        return Answer("Nothing can be divided by zero.", 0.8, word="Undefined")
    number = spoken_number(value)
    return Answer(f"That is {number}.", 0.85, word=number)


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as value):
            result = value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            result = -_value(operand)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _value(left), _value(right)
            if isinstance(op, ast.Pow) and (abs(a) > 1e4 or abs(b) > 12):
                raise ValueError("too large to compute")
            result = _OPERATORS[type(op)](a, b)
        case ast.Call(func=ast.Name(id="sqrt"), args=[argument]):
            result = math.sqrt(_value(argument))
        case _:
            raise ValueError("not a sum")
    if isinstance(result, complex) or abs(result) > _LARGEST:
        raise ValueError("too large to say")
    return result
