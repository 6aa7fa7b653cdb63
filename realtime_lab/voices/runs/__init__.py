"""One text through all voices: asked, kept, shown, exported."""

from __future__ import annotations

from .compare import compare_voices
from .design import READ_ALOUD, Design, Planned
from .gap import Gap
from .progress import Progress
from .voice_run import VoiceRun

__all__ = ["READ_ALOUD", "Design", "Gap", "Planned", "Progress", "VoiceRun", "compare_voices"]
