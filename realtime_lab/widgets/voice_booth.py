"""The voice booth: voices that say the same text, to look at and to listen to, in a notebook."""

from __future__ import annotations

from collections.abc import Iterable

from ..voices import TARGET_LUFS, Measured, Take
from .asked_widget import AskedWidget
from .static_twin import bundle
from .voice_booth_answers import VoiceBoothAnswers
from .voice_booth_html import booth_html, booth_text
from .voice_booth_takes import BoothTakes

__all__ = ["VoiceBooth"]


class VoiceBooth(AskedWidget):
    """Takes of several voices as a table of what is seen, heard and measured, as a Jupyter widget.

    ``takes`` is a run of `compare_voices`, or any takes. Each voice has a row: waveform,
    spectrogram and pitch, and the measures in columns to sort by. Keys and clicks go from voice to
    voice at the same place in the text (when each word is said is an estimate, see `word_times`),
    matched to ``target`` LUFS as far as a true peak of -1 dBTP allows. ``measured`` are measures
    that are known already; others are taken when they are first shown.

    Pages fetch the audio that they show; none of it is in the state that is saved with a notebook.
    Without a browser it shows the table, with pictures; players only if `show` is told so.

    Raises:
        AudioError: if there is no take, for what is none, or if ``target`` is no number.
    """

    _esm = bundle("booth.js")
    _css = bundle("booth.css")

    def __init__(
        self,
        takes: Iterable[Take],
        measured: Iterable[Measured] = (),
        *,
        target: float = TARGET_LUFS,
    ) -> None:
        self._takes = BoothTakes(takes, measured, target=target)
        super().__init__(VoiceBoothAnswers(self._takes))
        self._players = False

    def show(self, *, players: bool = False) -> None:
        """Show the booth in the output of the cell.

        With ``players`` its static form holds the voices, as MP3: a notebook that is saved then can
        be listened to anywhere, and holds the audio.
        """
        self._players = players
        self._ipython_display_()

    # -- showing itself ---------------------------------------------------------------------------

    def _static(self) -> tuple[str, str]:
        return booth_html(self._takes, players=self._players), booth_text(self._takes)
