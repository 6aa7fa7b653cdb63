// One display of a listening test.

import { element, keyHints, suppressShortcuts } from "../dom.ts";
import { AnswerView } from "./answer_view.ts";
import { keysFor, needsKey, pressed } from "./keys.ts";
import { letter, type Sitting, type SittingView } from "./sitting.ts";
import { StimuliView } from "./stimuli_view.ts";

const HINTS: [key: string, what: string][] = [
  ["A B …", "play"],
  ["Space", "pause"],
  ["← →", "answer"],
  ["Enter", "next"],
  ["Backspace", "back"],
];

export class ListeningPanel implements SittingView {
  readonly element: HTMLElement;
  readonly #sitting: Sitting;
  readonly #stimuli: StimuliView;
  readonly #answer: AnswerView;
  readonly #progress = element("progress", { "aria-label": "Trials answered" });
  readonly #count = element("span", { class: "rl-quiet" });
  readonly #question = element("h3", { class: "rl-question", dir: "auto" });
  readonly #task = element("p", { class: "rl-task" });
  readonly #text = element("blockquote", { class: "rl-said", dir: "auto" });
  readonly #notice = element("div", { class: "rl-notice", role: "alert" });
  readonly #body = element("div", { class: "rl-body" });
  readonly #end = element("div", { class: "rl-end", role: "status" });
  readonly #comment = element("textarea", {
    rows: "1",
    placeholder: "Comment (optional)",
    dir: "auto",
  });
  readonly #missing = element("span", { class: "rl-quiet", "aria-live": "polite" });
  readonly #back = element("button", { type: "button", class: "rl-button" }, "Back");
  readonly #next = element("button", { type: "button", class: "rl-button rl-primary" }, "Next");
  readonly #status = element("div", { class: "rl-unseen", role: "status" });
  #frame = 0;

  constructor(sitting: Sitting) {
    this.#sitting = sitting;
    this.#stimuli = new StimuliView(sitting);
    this.#answer = new AnswerView(sitting);
    this.#comment.setAttribute("aria-label", "Comment");
    this.#comment.oninput = () => {
      sitting.comment = this.#comment.value;
    };
    this.#back.onclick = () => void sitting.back();
    this.#next.onclick = () => void sitting.submit();
    this.#body.append(
      this.#task,
      this.#text,
      this.#stimuli.element,
      this.#answer.element,
      this.#comment,
    );
    this.element = element(
      "section",
      {
        class: "rl-widget rl-listening",
        tabindex: "0",
        "aria-label": "Listening test",
      },
      element("header", { class: "rl-head" }, this.#question, this.#count, this.#progress),
      this.#notice,
      this.#body,
      this.#end,
      element("footer", { class: "rl-foot" }, this.#missing, this.#back, this.#next),
      element("div", { class: "rl-hints rl-quiet" }, ...keyHints(HINTS)),
      this.#status,
    );
    suppressShortcuts(this.element);
    this.element.addEventListener("keydown", (event) => {
      if (needsKey(event.target as Element, event.key) || !pressed(sitting, event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  showTrial(): void {
    const { opened, number, trial } = this.#sitting;
    if (!opened) return;
    const done = number ?? opened.trials;
    this.#question.textContent = opened.question;
    this.#progress.max = opened.trials;
    this.#progress.value = done;
    this.#count.textContent =
      number === null
        ? `${opened.trials} of ${opened.trials}`
        : `${number + 1} of ${opened.trials}`;
    this.#body.hidden = !trial;
    this.#end.hidden = trial !== null;
    const kept = opened.kept ? "Every answer is kept. " : "";
    this.#end.textContent = `All done. ${kept}Thank you for listening.`;
    this.element.setAttribute("aria-keyshortcuts", keysFor(trial?.clips.length ?? 0));
    this.#task.textContent = this.#told();
    this.#task.hidden = !this.#task.textContent;
    this.#text.textContent = trial?.text ?? "";
    this.#comment.value = trial?.comment ?? "";
    this.#stimuli.showTrial();
    this.#answer.showTrial();
    this.announce(trial ? `Trial ${this.#count.textContent}. ${this.#told()}` : "All done.");
    // The button that was pressed may be gone; keys go on to work.
    if (this.element.contains(document.activeElement)) this.element.focus({ preventScroll: true });
  }

  showState(): void {
    const { number, opened, problem, kernelState, saving, missing, trial } = this.#sitting;
    this.element.setAttribute("aria-busy", String(!opened || saving));
    const gone = kernelState === "gone";
    const told = gone ? this.#goneTold() : problem;
    this.#notice.textContent =
      told ||
      (kernelState === "busy" ? "The kernel is busy; it answers when the cell is done." : "");
    this.#notice.hidden = !this.#notice.textContent;
    this.#missing.textContent = saving ? "Keeping the answer…" : trial ? missing : "";
    this.#next.hidden = trial === null;
    this.#next.disabled = saving || missing !== "" || gone;
    this.#back.disabled = saving || gone || (number ?? opened?.trials ?? 0) === 0;
    this.#stimuli.showState();
    this.#answer.showState();
    if (this.#sitting.player.isPlaying) this.#frame ||= requestAnimationFrame(this.#follow);
  }

  announce(told: string): void {
    this.#status.textContent = told;
  }

  readonly #follow = () => {
    this.#stimuli.showPlace();
    this.#frame = this.#sitting.player.isPlaying ? requestAnimationFrame(this.#follow) : 0;
  };

  #goneTold(): string {
    return this.#sitting.opened?.kept
      ? "The kernel is gone. Answers that were given are kept; run the cell again."
      : "The kernel is gone, and answers without a file are gone with it. Run the cell again.";
  }

  /** What is special about this trial, in a sentence. */
  #told(): string {
    const { trial, opened } = this.#sitting;
    if (!trial || !opened) return "";
    const { target } = trial;
    if (target) {
      const label = opened.scale.labels.find(([value]) => value === target.value)?.[1];
      if (target.stimulus === null) return `For this one, whatever you hear, answer “${label}”.`;
      return `For this one, whatever you hear, give ${letter(target.stimulus)} a ${target.value}.`;
    }
    return trial.practice ? "Practice: this answer does not count." : "";
  }
}
