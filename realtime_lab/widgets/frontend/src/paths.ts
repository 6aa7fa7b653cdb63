// The ways from this page to the bridge in the kernel's process, the fastest first.

export type PathName = "direct" | "proxy" | "comm";

export const PATH_NOTES: Record<PathName, { label: string; title: string }> = {
  direct: {
    label: "Direct socket",
    title: "Audio goes over a WebSocket straight to the kernel's process.",
  },
  proxy: {
    label: "Proxied socket",
    title: "Audio goes over a WebSocket through jupyter-server-proxy.",
  },
  comm: {
    label: "Notebook channel (slow)",
    title:
      "No socket to the kernel could be opened, so audio shares the notebook's own channel: " +
      "expect about 0.1 s more delay, and none at all while a cell runs. " +
      "Installing jupyter-server-proxy beside JupyterLab usually helps.",
  },
};

/** Where the bridge on `port` may be reached by socket from the page at `location`. */
export function socketUrls(
  port: number,
  location: { protocol: string; hostname: string; host: string },
  baseUrl: string | null,
): [PathName, string][] {
  const urls: [PathName, string][] = [];
  // On any other page 127.0.0.1 is the reader's own machine, not the kernel's.
  if (["localhost", "127.0.0.1", "[::1]"].includes(location.hostname)) {
    urls.push(["direct", `ws://127.0.0.1:${port}/`]);
  }
  if (baseUrl !== null) {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    urls.push(["proxy", `${scheme}//${location.host}${baseUrl}proxy/${port}/`]);
  }
  return urls;
}

/** The base URL of the Jupyter server behind this page, or null if there is none. */
export function jupyterBaseUrl(): string | null {
  try {
    const data = document.getElementById("jupyter-config-data")?.textContent;
    const baseUrl = data ? JSON.parse(data).baseUrl : document.body.dataset.baseUrl;
    return typeof baseUrl === "string" ? new URL(baseUrl, location.origin).pathname : null;
  } catch {
    return null;
  }
}
