"""How far voices are from each other, by what was measured of them."""

from __future__ import annotations

from .comparing import distances
from .distances import Distances, VoiceMap, VoiceTree
from .why import Contribution, Why

__all__ = ["Contribution", "Distances", "VoiceMap", "VoiceTree", "Why", "distances"]
