// One frame = a little-endian u16 (length of the header), the header as UTF-8 JSON, PCM16 to the
// end. Every path between browser and kernel carries these bytes unchanged; the kernel's half is
// widgets/framing.py.

export interface Frame {
  readonly header: Readonly<Record<string, unknown>>;
  readonly pcm: Int16Array<ArrayBuffer>;
}

const NOTHING = new Int16Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeFrame(
  header: Record<string, unknown>,
  pcm: Int16Array = NOTHING,
): Uint8Array<ArrayBuffer> {
  const text = encoder.encode(JSON.stringify(header));
  if (text.length > 0xffff) throw new RangeError(`a frame's header has ${text.length} bytes`);
  const bytes = new Uint8Array(2 + text.length + pcm.byteLength);
  new DataView(bytes.buffer).setUint16(0, text.length, true);
  bytes.set(text, 2);
  bytes.set(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength), 2 + text.length);
  return bytes;
}

export function decodeFrame(data: ArrayBufferView<ArrayBuffer>): Frame {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (bytes.length < 2) throw new RangeError("a frame has at least 2 bytes");
  const start = 2 + new DataView(data.buffer, data.byteOffset).getUint16(0, true);
  if (bytes.length < start) throw new RangeError("a frame ends inside its header");
  const header = JSON.parse(decoder.decode(bytes.subarray(2, start)));
  // The samples rarely lie on an even address, which an Int16Array needs: copy them to one.
  const samples = bytes.slice(start, start + ((bytes.length - start) & ~1));
  return { header, pcm: new Int16Array(samples.buffer) };
}
