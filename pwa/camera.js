const WANTED = {
  audio: false,
  video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } },
};
const REASONS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "none",
  OverconstrainedError: "none",
};

/** Why there can be no camera here, in a word, before anybody was asked. */
export function impossible() {
  if (!window.isSecureContext) return "insecure";
  return navigator.mediaDevices?.getUserMedia ? null : "none";
}

/** Whether the camera opens without a question. */
export async function granted() {
  const query = navigator.permissions?.query({ name: "camera" });
  return (await Promise.resolve(query).catch(() => null))?.state === "granted";
}

/** One open camera; `open` rejects with one of the words denied, none, busy as its message. */
export class Camera {
  constructor(video) {
    this.video = video;
    this.stream = null;
  }

  async open() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia(WANTED);
    } catch (error) {
      throw new Error(REASONS[error.name] ?? "busy");
    }
    this.video.srcObject = this.stream;
    await this.video.play();
  }

  close() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  get track() {
    return this.stream?.getVideoTracks()[0];
  }

  get hasTorch() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  light(on) {
    return this.track.applyConstraints({ advanced: [{ torch: on }] });
  }
}
