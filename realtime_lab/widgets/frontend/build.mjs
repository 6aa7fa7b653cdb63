// Bundles the front end into ../static: one ES module and one style sheet per widget.
// Importing "worklet:NAME" gives the text of the bundle of src/NAME.worklet.ts, because an
// AudioWorklet is loaded by URL and a notebook gives the widget no folder to load one from.

import { resolve } from "node:path";
import * as esbuild from "esbuild";

const worklets = {
  name: "worklets",
  setup(build) {
    build.onResolve({ filter: /^worklet:/ }, ({ path }) => ({ path, namespace: "worklet" }));
    build.onLoad({ filter: /.*/, namespace: "worklet" }, async ({ path }) => {
      const result = await esbuild.build({
        absWorkingDir: import.meta.dirname,
        entryPoints: [`src/${path.slice("worklet:".length)}.worklet.ts`],
        bundle: true,
        minify: true,
        format: "iife",
        target: "es2022",
        write: false,
        metafile: true,
      });
      return {
        contents: result.outputFiles[0].text,
        loader: "text",
        watchFiles: Object.keys(result.metafile.inputs).map((file) => resolve(file)),
      };
    });
  },
};

const options = {
  absWorkingDir: import.meta.dirname,
  entryPoints: [
    { in: "src/booth.ts", out: "booth" },
    { in: "src/booth.css", out: "booth" },
    { in: "src/console.ts", out: "console" },
    { in: "src/console.css", out: "console" },
    { in: "src/inspector.ts", out: "inspector" },
    { in: "src/inspector.css", out: "inspector" },
    { in: "src/listening.ts", out: "listening" },
    { in: "src/listening.css", out: "listening" },
    { in: "src/tools.ts", out: "tools" },
    { in: "src/tools.css", out: "tools" },
  ],
  outdir: "../static",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  logLevel: "info",
  plugins: [worklets],
};

if (process.argv.includes("--watch")) await (await esbuild.context(options)).watch();
else await esbuild.build(options);
