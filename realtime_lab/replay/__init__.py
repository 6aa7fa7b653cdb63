"""A saved session once more: sent again, served again, or heard with other settings."""

from __future__ import annotations

from .resend import resend
from .what_if import Outcome, Utterance, WhatIf, what_if

__all__ = ["Outcome", "Utterance", "WhatIf", "resend", "what_if"]
