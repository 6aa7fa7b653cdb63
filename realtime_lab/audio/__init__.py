"""Audio as this package carries it, and what can be measured of it.

Between the rooms audio is PCM16 little-endian mono at 24 kHz: ``pcm`` where it is bytes,
``samples`` where it is an int16 array.
"""

from .clip import Clip
from .g711 import decode_alaw, decode_ulaw, encode_alaw, encode_ulaw
from .levels import peak_dbfs, rms_dbfs, voiced_span
from .pcm import RATE, Samples, pcm_seconds, pcm_to_samples, samples_to_pcm
from .playback import PlaybackTracker
from .resample import Resampler, resample

__all__ = [
    "RATE",
    "Clip",
    "PlaybackTracker",
    "Resampler",
    "Samples",
    "decode_alaw",
    "decode_ulaw",
    "encode_alaw",
    "encode_ulaw",
    "pcm_seconds",
    "pcm_to_samples",
    "peak_dbfs",
    "resample",
    "rms_dbfs",
    "samples_to_pcm",
    "voiced_span",
]
