// JSON in colours. The text stays as it is: nothing is parsed, so that no number loses a digit.

import { element } from "../dom.ts";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;
/** Beyond this colours cost more than they help. */
const LONGEST_COLOURED = 200_000;

export function jsonNodes(text: string): Node[] {
  if (text.length > LONGEST_COLOURED) return [document.createTextNode(text)];
  const nodes: Node[] = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > from) nodes.push(document.createTextNode(text.slice(from, match.index)));
    const [token, string, colon] = match;
    const kind = colon ? "rl-key" : string ? "rl-string" : "rl-literal";
    nodes.push(element("span", { class: kind }, string ?? token));
    if (colon) nodes.push(document.createTextNode(colon));
    from = match.index + token.length;
  }
  nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}
