const KEYS = { sound: "scan-quiet", buzz: "scan-still" };

/** Whether the sound or the buzz is switched off on this phone. */
export const isOff = (kind) => localStorage.getItem(KEYS[kind]) === "1";
export const setOff = (kind, yes) => localStorage.setItem(KEYS[kind], yes ? "1" : "0");
export const canBuzz = () => "vibrate" in navigator;

let audio = null;

function beep() {
  audio ??= new AudioContext();
  // A phone that slept in between has put it to sleep as well.
  if (audio.state === "suspended") audio.resume();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = 1568;
  volume.gain.value = 0.12;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.08);
}

/** Something was read: felt and heard, unless somebody wants one of them off. */
export function signal() {
  // Browsers allow both after a tap only; a camera that opened by itself reads in silence.
  if (!navigator.userActivation?.hasBeenActive) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (!isOff("buzz") && !calm) navigator.vibrate?.(60);
  if (!isOff("sound") && "AudioContext" in window) beep();
}
