import { impossible } from "./camera.js";
import { canBuzz, isOff, setOff } from "./signal.js";

const SIGNALS = ["sound", "buzz"];

/** The buttons, the picture and the one sentence of a scanner. */
export class ScannerView {
  constructor(root) {
    this.root = root;
    this.words = JSON.parse(root.dataset.words);
    for (const kind of SIGNALS) {
      this.part(kind).addEventListener("click", () => {
        setOff(kind, !isOff(kind));
        this.press(kind, isOff(kind));
      });
    }
  }

  part(name) {
    return this.root.querySelector(`[data-scan="${name}"]`);
  }

  isPressed(name) {
    return this.part(name).getAttribute("aria-pressed") === "true";
  }

  press(name, on) {
    this.part(name).setAttribute("aria-pressed", on);
  }

  show(camera, wanted) {
    const live = Boolean(camera.stream);
    this.root.dataset.live = live;
    this.part("view").hidden = !live;
    this.part("start").hidden = live || wanted || Boolean(impossible());
    this.part("light").hidden = !camera.hasTorch;
    this.press("light", false);
    this.part("sound").hidden = !live;
    this.part("buzz").hidden = !live || !canBuzz();
    for (const kind of SIGNALS) this.press(kind, isOff(kind));
  }

  // Said once: a status line that is set anew ten times a second would be read out as often.
  say(key, values = {}) {
    const sentence = (this.words[key] ?? "").replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
    const line = this.part("says");
    if (line.textContent !== sentence) line.textContent = sentence;
    line.hidden = !sentence;
  }
}
