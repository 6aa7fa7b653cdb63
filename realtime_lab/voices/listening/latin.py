"""Balanced orders: which listener meets what first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

__all__ = ["williams", "williams_row"]

T = TypeVar("T")


def williams(size: int) -> list[list[int]]:
    """A Williams design: rows of 0 … `size` - 1, balanced for place and for what came before.

    Every number stands once in every column, and every ordered pair of numbers follows one another
    equally often. An even size needs `size` rows (one Latin square), an odd one twice as many (a
    square and its mirror image). Source: E. J. Williams, Experimental designs balanced for the
    estimation of residual effects of treatments, Australian Journal of Scientific Research A 2
    (1949), 149-168.
    """
    if size < 1:
        return []
    # 0, n-1, 1, n-2, 2, …: the differences of neighbours are all different modulo n.
    first = [place // 2 if place % 2 == 0 else size - 1 - place // 2 for place in range(size)]
    square = [[(number + row) % size for number in first] for row in range(size)]
    return square if size % 2 == 0 else square + [row[::-1] for row in square]


def williams_row(things: Sequence[T], row: int) -> list[T]:
    """The things in the order of one row of their Williams design, counted round."""
    if not things:
        return []
    rows = williams(len(things))
    return [things[number] for number in rows[row % len(rows)]]
