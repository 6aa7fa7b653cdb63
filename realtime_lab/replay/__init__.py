"""A saved session once more: sent again, served again, or heard with other settings."""

from __future__ import annotations

from .cassette import Cassette
from .resend import resend
from .tape import Difference
from .what_if import Outcome, Utterance, WhatIf, what_if

__all__ = ["Cassette", "Difference", "Outcome", "Utterance", "WhatIf", "resend", "what_if"]
