/** What a person sees when something is wrong: words that say what to do, and nothing written is lost. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { axe, launch, person, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { Disk } from "./harness/disk.mjs";
import { Network } from "./harness/network.mjs";
import { atTheDoor, comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { linesOf } from "./harness/sheets.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";
import { WELL, WORRIED } from "./scenario-b.mjs";

const exact = true;
/** A name that is this machine for this browser alone: to it the address is somebody else's, without TLS. */
const ELSEWHERE = "flipchart.example";
const HELD = 4_000;
/** How long a ticket lives (SPEC HTTP4). */
const TICKET_MS = 30_000;

let service, browser, link, ofEwa, disk;
const here = {};

before(async () => {
  disk = await Disk.build();
  service = await Service.start(["--practice"], disk.environment);
  link = await practice(service, "empty sheets");
  browser = await launch([`--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`]);
  ofEwa = await Network.start();
});

after(async () => {
  await browser?.close();
  await ofEwa?.end();
  await service?.end();
  await disk?.end();
});

const metric = async (name) => {
  const text = await (await fetch(`${service.origin}/metrics`)).text();
  return Number(text.split("\n").find((line) => line.startsWith(`${name} `))?.split(" ")[1] ?? 0);
};

test("trouble", { timeout: 240_000 }, async (t) => {
  const step = story(t, () => here);
  let desk, ewa, old;

  await step("edge_tls over plain http at another address the page shows nothing but what to do", async () => {
    const away = `http://${ELSEWHERE}:${service.port}`;
    const one = await person(browser, { origin: away, screen: SCREEN.phone, touch: true });
    const { url } = await link("Ewa Nowicka");
    await one.page.goto(url.replace(service.origin, away));
    await one.page.getByRole("heading", { name: "This page needs a safe connection" }).waitFor();
    await one.page.getByText("Please use the link from your letter; it begins with “https:”.").waitFor();
    assert.equal(await one.page.getByRole("textbox").count(), 0, "no PIN is asked for");
    assert.deepEqual(await axe(one.page), []);
    await one.close();
  });

  await step("two people are here", async () => {
    here.desk = await person(browser, { origin: service.origin, screen: { width: 1440, height: 900 } });
    await comeIn(here.desk.page, await link("Ruth Amankwah"));
    desk = new Desk(here.desk.page);
    here.ewa = await person(browser, { origin: service.origin, network: ofEwa });
    await comeIn(here.ewa.page, await link("Ewa Nowicka"));
    await atTheDoor(here.ewa.page);
    await desk.letIn("Ewa Nowicka");
    ewa = new Attendee(here.ewa.page);
    await ewa.page.getByText("You are following the chair").waitFor();
    await desk.convene();
    await desk.phase("Mapping");
    await ewa.page.getByRole("heading", { name: WORRIED }).waitFor();
    old = await ewa.page.evaluate(async () => {
      const door = `/api/attendees/${location.pathname.split("/").at(-1)}/ticket`;
      const answer = await fetch(door, { method: "POST", headers: { "X-Flipchart": "1" } });
      return { ticket: (await answer.json()).ticket, at: Date.now() };
    });
    assert.match(old.ticket, /^[0-9a-f]{64}$/);
  });

  await step("lim1 a text of 300 kB stays in the tray, says why, and is written again in pieces", async () => {
    await desk.write(WORRIED, "Before it.");
    const sentence = "Kacper said so again. ";
    const text = Array.from({ length: 14_000 }, (_, n) => `${n} ${sentence}`).join("").trim();
    assert.ok(text.length > 300_000);
    await desk.startLine(WORRIED);
    await desk.page.evaluate(async (words) => {
      const clipboard = new DataTransfer();
      clipboard.setData("text/plain", words);
      document.execCommand("insertText", false, words);
      return clipboard.types.length;
    }, text);
    const tray = desk.page.getByRole("region", { name: /^Words not taken/ });
    await tray.getByText(/^Too long for one piece: writing it again makes \d+ lines of it\.$/).waitFor();
    assert.deepEqual(await axe(desk.page), []);
    await desk.saved();
    assert.ok(!(await ewa.page.content()).includes(sentence.trim()));
    assert.equal(await metric('flipchart_closes_total{code="4413"}'), 0, "nothing was sent that the service closes for");
    const pieces = Number((await tray.getByText(/^Too long/).textContent()).match(/makes (\d+)/)[1]);
    await tray.getByRole("button", { name: "Write it again" }).click();
    await tray.waitFor({ state: "hidden" });
    await desk.saved();
    const written = async (page) => (await linesOf(page, WORRIED)).map((line) => line.words).filter((words) => words.includes(sentence.trim()));
    await until("every piece on another screen", async () => (await written(ewa.page)).length === pieces);
    assert.equal((await written(ewa.page)).join(" "), text, "every letter, in order");
    for (const words of await written(ewa.page)) assert.ok(words.length <= 8 * 1024);
    await desk.line(WORRIED, 1).getByText("Before it.").or(desk.words(WORRIED, 1)).first().waitFor();
  });

  await step("lim1 what is typed into a full line stays beside it", async () => {
    await desk.tab(WELL);
    await desk.startLine(WELL);
    await desk.page.keyboard.insertText("x".repeat(8 * 1024));
    await desk.page.keyboard.type("and on");
    const tray = desk.page.getByRole("region", { name: /^Words not taken/ });
    await tray.getByText("and on", { exact }).waitFor();
    await tray.getByText("Too long for one piece: writing it again makes a line of its own.").waitFor();
    await tray.getByRole("button", { name: "Write it again" }).click();
    await until("a line of its own", async () => (await linesOf(desk.page, WELL)).at(-1).words === "and on");
    await desk.saved();
  });

  await step("sto4 another program holds the database: not saved yet, nothing is shown, and it goes on by itself", async () => {
    const holder = spawn(process.env.HOLD_DATABASE, [path.join(service.data, "flipchart.db")], { stdio: ["pipe", "pipe", "inherit"] });
    const [told] = await once(holder.stdout, "data");
    assert.match(String(told), /held/);
    await desk.tab(WORRIED);
    await desk.startLine(WORRIED);
    await desk.page.keyboard.type("written while it was held");
    const saying = async () => (await desk.page.getByRole("banner").locator(".save").textContent()).trim();
    await until("it to say so", async () => /^Not saved yet/.test(await saying()));
    const began = Date.now();
    const states = new Set();
    while (Date.now() < began + HELD) {
      states.add(await saying());
      await new Promise((go) => setTimeout(go, 50));
    }
    assert.ok([...states].every((state) => /^Not saved yet – \d+ changes?$/.test(state)), [...states].join("; "));
    assert.ok(!(await ewa.page.content()).includes("written while it was held"), "shown and not on the disk");
    holder.stdin.end();
    await once(holder, "exit");
    await desk.saved();
    await ewa.page.getByText("written while it was held").first().waitFor();
  });

  await step("sto16 on a full disk whoever writes is told that their words stay here, everybody reads, and it goes on by itself", async () => {
    const said = "Nothing can be saved at the moment. What you write stays on this device and goes out by itself as soon as it can be saved. Keep this page open.";
    // On the screen, beside what is said once to those who listen to it.
    const told = (page) => page.locator(".banner, .save").getByText(said).first();
    const shown = (words) =>
      until(`“${words}” on her screen`, async () => (await linesOf(ewa.page, WORRIED)).some((line) => line.words === words));
    await desk.givePen("Ewa Nowicka");
    await ewa.page.getByRole("button", { name: "Undo my last" }).waitFor();
    await desk.write(WORRIED, "kept before it was full");
    await shown("kept before it was full");
    const before = await metric("flipchart_reloads_total");
    await disk.fill();
    await desk.startLine(WORRIED);
    await desk.page.keyboard.type("written while it was full");
    for (const { page } of [desk, ewa]) await told(page).waitFor();
    assert.match(await desk.page.getByRole("banner").locator(".save").textContent(), /^\s*Not saved\s*$/);
       assert.deepEqual(await axe(desk.page), []);
    assert.deepEqual(await axe(ewa.page), []);
    // Who comes only now reads as well, and nobody is closed again for what is typed.
    await ewa.page.reload();
    await shown("kept before it was full");
    await told(ewa.page).waitFor();
    await desk.page.keyboard.type(", and more of it");
    const now = await linesOf(ewa.page, WORRIED);
    assert.ok(!now.some((line) => line.words.includes("written while it was full")), "shown and not on the disk");
    assert.equal(await metric("flipchart_reloads_total"), before + 1);
    await disk.clear();
    await shown("written while it was full, and more of it");
    await desk.saved();
    for (const { page } of [desk, ewa]) await told(page).waitFor({ state: "hidden" });
    assert.equal(await metric("flipchart_reloads_total"), before + 1);
    await desk.takePen("Ewa Nowicka");
  });

  await step("http4 a ticket that comes later than it lives is not taken, and the app gets another by itself", async () => {
    const lost = ewa.page.getByText("Out of touch. What you see may be old; it catches up by itself.");
    // Never used, and too old by now, whatever came between.
    await until("the ticket is too old", () => Date.now() - old.at > TICKET_MS + 1_000, TICKET_MS + 10_000);
    const before = await metric('flipchart_closes_total{code="4401"}');
    let given = 0;
    await ewa.page.route("**/ticket", async (route) => {
      const response = await route.fetch().catch(() => null);
      if (!response) return route.abort();
      given += 1;
      return given === 1 ? route.fulfill({ response, json: { ...(await response.json()), ticket: old.ticket } }) : route.fulfill({ response });
    });
    ofEwa.cut();
    await lost.waitFor();
    await desk.write(WORRIED, "while her ticket was late");
    ofEwa.mend();
    await until("a fresh ticket", () => given >= 2);
    await ewa.page.getByText("while her ticket was late").first().waitFor();
    await lost.waitFor({ state: "hidden" });
    await until("a close with 4401", async () => (await metric('flipchart_closes_total{code="4401"}')) > before);
    await ewa.page.unroute("**/ticket");
  });

  await step("auth3 a ticket that is used up says that it catches up by itself, and it does", async () => {
    let first = null;
    let opensAnew = false;
    let used = 0;
    let fresh = 0;
    // Another ticket waits until somebody has looked at what the screen says meanwhile.
    let look;
    const looked = new Promise((done) => (look = done));
    await ewa.page.route("**/ticket", async (route) => {
      const answer = await route.fetch().catch(() => null);
      if (!answer) return route.abort();
      const body = await answer.json();
      first ??= body.ticket;
      if (used) {
        fresh += 1;
        await looked;
      }
      // One opening comes with a ticket that has opened a socket already.
      const old = opensAnew && !used;
      if (old) used += 1;
      await route.fulfill({ response: answer, json: old ? { ...body, ticket: first } : body });
    });
    const lost = ewa.page.getByText("Out of touch. What you see may be old; it catches up by itself.");
    ofEwa.cut();
    await lost.waitFor();
    ofEwa.mend();
    await lost.waitFor({ state: "hidden" });
    ofEwa.cut();
    await lost.waitFor();
    await desk.write(WORRIED, "while she was away");
    opensAnew = true;
    ofEwa.mend();
    await until("a ticket after the used one", () => fresh >= 1);
    assert.ok(await lost.isVisible(), "the screen says what it does");
    look();
    await ewa.page.getByText("while she was away").first().waitFor();
    await lost.waitFor({ state: "hidden" });
    // Told at once and closed later (SPEC CLOSE2): the app need not wait for it.
    await until("a close with 4401", async () => (await metric('flipchart_closes_total{code="4401"}')) >= 1);
    for (const one of Object.values(here)) assert.deepEqual(one.faults, []);
  });
});
