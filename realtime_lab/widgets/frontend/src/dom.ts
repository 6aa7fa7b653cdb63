type Child = Node | string;

/** Make an element: attributes by name, then its children. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/**
 * A name that nothing else in the page has. Each widget has a copy of this module of its own, so
 * that to count would not do.
 */
export function uniqueId(prefix: string): string {
  return `${prefix}-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
}

/** Only where it differs: what is read out when it changes must not change for nothing. */
export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Keys and what they are for, as a line below a widget tells them. */
export function keyHints(hints: [key: string, what: string][]): HTMLElement[] {
  return hints.map(([key, what]) => element("span", {}, element("kbd", {}, key), ` ${what}`));
}

/** A menu of check boxes: closed by the Escape key, and when the focus goes elsewhere. */
export function menu(
  className: string,
  summary: HTMLElement,
  ...content: HTMLElement[]
): HTMLDetailsElement {
  const details = element("details", { class: className }, summary, ...content);
  details.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Escape") return;
    details.open = false;
    summary.focus();
  });
  details.addEventListener("focusout", ({ relatedTarget }) => {
    // A click on what takes no focus, such as a label, stays inside.
    if (relatedTarget && !details.contains(relatedTarget as Node)) details.open = false;
  });
  return details;
}

/** Show an icon (from icons.ts) with a visible label, or with one for screen readers only. */
export function iconButton(
  className: string,
  icon: string,
  label: string,
  visible = false,
): HTMLButtonElement {
  const button = element("button", { type: "button", class: className });
  setIcon(button, icon, label, visible);
  return button;
}

export function setIcon(button: HTMLElement, icon: string, label: string, visible = false): void {
  const key = `${icon}${label}${visible}`;
  if (button.dataset.shows === key) return;
  button.dataset.shows = key;
  button.innerHTML = icon;
  button.setAttribute("aria-label", label);
  if (visible) button.append(element("span", {}, label));
  button.title = visible ? "" : label;
}

/**
 * JupyterLab's one-letter shortcuts must not fire while somebody works in here. It looks for the
 * attribute from the focused element upwards, and tries its shortcuts on each one before it.
 */
export function suppressShortcuts(inside: HTMLElement): void {
  inside.addEventListener("focusin", ({ target }) =>
    (target as Element).setAttribute("data-lm-suppress-shortcuts", "true"),
  );
}
