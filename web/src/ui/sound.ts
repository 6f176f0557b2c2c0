/** Two soft notes from the browser itself, for people who want to know whether they will hear something. */
export function playTwoNotes(): void {
  const sound = new AudioContext();
  [523.25, 659.25].forEach((pitch, n) => {
    const start = sound.currentTime + 0.05 + n * 0.35;
    const note = sound.createOscillator();
    const loudness = sound.createGain();
    note.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(0.18, start + 0.04);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + 0.6);
    note.connect(loudness).connect(sound.destination);
    note.start(start);
    note.stop(start + 0.65);
    if (n === 1) note.onended = () => void sound.close();
  });
}
