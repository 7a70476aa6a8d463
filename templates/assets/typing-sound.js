// Short tones that confirm what was typed to somebody who looks at the paper. They can be switched off.

let audio = null;
const on = document.getElementById("sound");
on.checked = localStorage.getItem("sound") !== "off";
on.addEventListener("change", () => localStorage.setItem("sound", on.checked ? "on" : "off"));

function beep(frequency, length, after = 0) {
  if (!on.checked) return;
  audio ??= new AudioContext();
  const start = audio.currentTime + after, tone = audio.createOscillator(), volume = audio.createGain();
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0.08, start);
  volume.gain.exponentialRampToValueAtTime(0.001, start + length);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + length);
}

export const beepTaken = () => beep(880, 0.05);
export const beepRefused = () => beep(200, 0.25);
export const beepSaved = () => { beep(660, 0.09); beep(990, 0.14, 0.1); };
