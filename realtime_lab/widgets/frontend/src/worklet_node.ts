/** Make the node of a worklet whose bundle is the text `source`. */
export async function workletNode(
  context: AudioContext,
  name: string,
  source: string,
  options: AudioWorkletNodeOptions,
): Promise<AudioWorkletNode> {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    await context.audioWorklet.addModule(url);
  } finally {
    URL.revokeObjectURL(url);
  }
  return new AudioWorkletNode(context, name, options);
}
