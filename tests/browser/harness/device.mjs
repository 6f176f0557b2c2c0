/** A device in a round of sealed notes. */

import { person, SCREEN } from "./browser.mjs";

const exact = true;

/** A device that hands notes in, of which everything that comes and every note that goes is kept. */
export class Device {
  came = [];
  cast = [];
  /** Changes the notes that are shown before they reach the page. */
  tampers = false;

  static async start(browser, service, screen = SCREEN.phone) {
    const device = new Device();
    device.person = await person(browser, { origin: service.origin, screen });
    device.page = device.person.page;
    device.page.setDefaultTimeout(20_000);
    await device.page.routeWebSocket(/\/sync/, (near) => {
      const far = near.connectToServer();
      far.onMessage((message) => {
        device.came.push(Buffer.from(message));
        near.send(device.tampers ? tampered(message) : message);
      });
    });
    device.page.on("response", async (response) => {
      if (new URL(response.url()).pathname.startsWith("/api/")) device.came.push(await response.body().catch(() => Buffer.alloc(0)));
    });
    device.page.on("request", (request) => {
      if (new URL(request.url()).pathname.startsWith("/box/")) device.cast.push(request);
    });
    return device;
  }

  get notes() {
    return this.cast.map((request) => request.postDataBuffer());
  }

  /** What came to this device that only notes or numbers hold, given the notes of all: none before the chair shows them. */
  told(notes) {
    const came = Buffer.concat(this.came);
    const keys = notes.map((note) => note.subarray(17, 49));
    const bytes = keys.filter((key) => came.includes(key) || came.includes(key.toString("hex"))).map((key) => key.toString("hex"));
    return [...bytes, ...['"answer"', '"numbers"', '"bundle"', '"middle_doubled"'].filter((word) => came.includes(word))];
  }

  button(name) {
    return this.page.getByRole("button", { name, exact });
  }

  async handIn(answer) {
    await this.page.getByRole("radio", { name: String(answer), exact }).check({ force: true });
    await this.button("Hand in my note").click();
    await this.page.getByRole("heading", { name: "Your note is handed in" }).waitFor();
  }
}

/** The same notes, one seal broken: one digit of the first signature is another one. */
function tampered(message) {
  const bytes = Buffer.from(message);
  const at = bytes.indexOf('"signature":"');
  if (at < 0) return message;
  const digit = at + 13 + 400;
  bytes[digit] = bytes[digit] === 0x31 ? 0x32 : 0x31;
  return bytes;
}
