import { Camera, granted, impossible } from "./camera.js";
import { readFrame, readPhoto, warmUp } from "./reader.js";
import { ScannerView } from "./scanner_view.js";
import { isQuiet, setQuiet, signal } from "./signal.js";

const BETWEEN_FRAMES = 100;
const pause = () => new Promise((resolve) => setTimeout(resolve, BETWEEN_FRAMES));

/**
 * A part of a page that reads symbols, by camera or from a photo. `take(texts)` judges what was
 * read: { done } is called once and ends the scanning, { say, ...values } names a sentence.
 */
export class Scanner {
  constructor(root, formats, take) {
    Object.assign(this, { formats, take, wanted: false });
    this.view = new ScannerView(root);
    this.camera = new Camera(root.querySelector("video"));
    this.#wire();
    this.#show();
  }

  #wire() {
    this.view.part("start").addEventListener("click", () => this.start());
    this.view.part("photo").addEventListener("change", ({ target }) => this.#photo(target));
    this.view.part("light").addEventListener("click", () => this.#light());
    this.view.part("quiet").addEventListener("click", () => this.#quiet());
    addEventListener("pagehide", () => this.#rest());
    addEventListener("pageshow", (event) => event.persisted && this.begin());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#rest();
      else if (this.wanted) this.start();
    });
  }

  #show = () => this.view.show(this.camera, this.wanted);

  /** At once if the camera opens without a question, else behind one large button. */
  async begin() {
    if (impossible()) this.view.say(impossible());
    else if (await granted()) this.start();
  }

  async start() {
    this.wanted = true;
    this.view.say(null);
    warmUp();
    try {
      await this.camera.open();
    } catch (error) {
      return this.stop(error.message);
    }
    this.camera.track.addEventListener("ended", () => this.stop("busy"));
    if (!this.wanted || document.hidden) this.#rest();
    this.#show();
    return this.#watch().catch(() => this.stop("broken"));
  }

  #rest() {
    this.camera.close();
    this.#show();
  }

  stop(why = null) {
    this.wanted = false;
    this.#rest();
    this.view.say(why);
  }

  async #watch() {
    const { stream } = this.camera;
    while (stream && this.camera.stream === stream) {
      const texts = await readFrame(this.camera.video, this.formats);
      if (texts.length && this.camera.stream === stream) this.#judge(texts);
      await pause();
    }
  }

  #judge(texts) {
    const { done, say, ...values } = this.take(texts);
    if (!done) return this.view.say(say, values);
    this.stop();
    signal();
    return done();
  }

  async #photo(input) {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    this.view.say("reading");
    try {
      const texts = await readPhoto(file, this.formats);
      if (texts.length) this.#judge(texts);
      else this.view.say("nothing");
    } catch {
      this.view.say("unreadable");
    }
  }

  async #light() {
    const on = !this.view.isPressed("light");
    await this.camera.light(on);
    this.view.press("light", on);
  }

  #quiet() {
    setQuiet(!isQuiet());
    this.view.press("quiet", isQuiet());
  }
}
