/** Reading a sheet aloud with a voice of this device. A voice of the net would send the words to somebody else. */

/** The voices of this device that speak English. */
function ownVoice(): SpeechSynthesisVoice | null {
  const own = speechSynthesis.getVoices().filter((voice) => voice.localService);
  return own.find((voice) => voice.lang === "en-GB") ?? own.find((voice) => voice.lang.startsWith("en")) ?? null;
}

export class Aloud {
  reading = $state(false);
  /** This device has no voice of its own. */
  mute = $state(false);

  read(lines: readonly string[]): void {
    this.stop();
    const voice = "speechSynthesis" in globalThis ? ownVoice() : null;
    this.mute = voice === null;
    if (!voice) return;
    this.reading = lines.length > 0;
    lines.forEach((line, n) => {
      const said = new SpeechSynthesisUtterance(line);
      said.voice = voice;
      said.lang = voice.lang;
      if (n === lines.length - 1) said.onend = () => (this.reading = false);
      speechSynthesis.speak(said);
    });
  }

  stop(): void {
    this.reading = false;
    if ("speechSynthesis" in globalThis) speechSynthesis.cancel();
  }
}
