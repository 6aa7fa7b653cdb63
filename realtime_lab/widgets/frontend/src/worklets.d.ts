// build.mjs gives the text of the bundle of src/NAME.worklet.ts.
declare module "worklet:*" {
  const source: string;
  export default source;
}
