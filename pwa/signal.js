const QUIET = "scan-quiet";

export const isQuiet = () => localStorage.getItem(QUIET) === "1";
export const setQuiet = (yes) => localStorage.setItem(QUIET, yes ? "1" : "0");

function beep() {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = 1568;
  volume.gain.value = 0.12;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.08);
}

/** Something was read: felt and heard, unless somebody wants neither. */
export function signal() {
  if (isQuiet()) return;
  // Browsers allow both after a tap only; a camera that opened by itself reads in silence.
  if (!navigator.userActivation?.hasBeenActive) return;
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) navigator.vibrate?.(60);
  if ("AudioContext" in window) beep();
}
