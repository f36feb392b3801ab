import { Camera, granted, impossible } from "./camera.js";
import { InView } from "./in_view.js";
import { readFrame, warmUp } from "./reader.js";
import { wirePhoto } from "./scan_photo.js";
import { ScannerView } from "./scanner_view.js";
import { signal } from "./signal.js";

const BETWEEN_FRAMES = 100;
const pause = () => new Promise((resolve) => setTimeout(resolve, BETWEEN_FRAMES));

/**
 * A part of a page that reads symbols, by camera or from a photo. `take(texts)` judges what was
 * read: { say, ...values } names a sentence; { done } is called, and ends the scanning unless it
 * is `continuous`: then the camera stays open and `take` gets each symbol once while it is in view.
 */
export class Scanner {
  constructor(root, formats, take, { continuous = false } = {}) {
    Object.assign(this, { formats, take, continuous, wanted: false });
    this.view = new ScannerView(root);
    this.camera = new Camera(root.querySelector("video"));
    this.inView = new InView();
    this.judge = this.judge.bind(this);
    this.#wire();
    this.#show();
  }

  #wire() {
    this.view.part("start").addEventListener("click", () => this.start());
    this.view.part("light").addEventListener("click", () => this.#light());
    wirePhoto(this.view.part("photo"), this);
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
      const fresh = this.continuous ? this.inView.fresh(texts) : texts;
      if (fresh.length && this.camera.stream === stream) this.judge(fresh);
      await pause();
    }
  }

  judge(texts) {
    const { done, say, ...values } = this.take(texts);
    this.view.say(say, values);
    if (!done) return null;
    if (!this.continuous) this.stop();
    signal();
    return done();
  }

  async #light() {
    const on = !this.view.isPressed("light");
    await this.camera.light(on);
    this.view.press("light", on);
  }
}
