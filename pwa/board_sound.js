const KEY = "board-sound";
const TONES = [660, 880, 660];
let audio = null;

const isOn = () => localStorage.getItem(KEY) === "on";

function play() {
  TONES.forEach((pitch, place) => {
    const at = audio.currentTime + place * 0.22;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.2, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.21);
  });
}

/**
 * The switch of the sound, off until somebody presses it; kept in this browser. After a reload
 * browsers let nothing be heard before a click or a key: until then the switch says so. Returns
 * what rings.
 */
export function wireSound(button, words) {
  if (!("AudioContext" in window)) return () => {};
  const word = button.querySelector("[data-sound-word]");
  const show = () => {
    const waits = isOn() && audio?.state !== "running";
    button.setAttribute("aria-pressed", isOn());
    word.textContent = waits ? words.sound_waits : isOn() ? words.sound_on : words.sound_off;
  };
  const wake = async () => {
    if (!isOn()) return;
    audio ??= new AudioContext();
    if (audio.state !== "running") await audio.resume();
    show();
  };
  button.addEventListener("click", async () => {
    localStorage.setItem(KEY, isOn() ? "off" : "on");
    await wake();
    if (isOn()) play();
    show();
  });
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake);
  button.hidden = false;
  show();
  return () => {
    board.dataset.rang = Number(board.dataset.rang ?? 0) + (isOn() ? 1 : 0);
    if (isOn() && audio?.state === "running") play();
  };
}

const board = document.getElementById("board");
