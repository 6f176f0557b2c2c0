/** Steps of `together.test.mjs`: whose words they are. */

import assert from "node:assert/strict";
import { Attendee } from "./harness/attendee.mjs";
import { comeIn } from "./harness/practice.mjs";
import { linesOf, planOf } from "./harness/sheets.mjs";
import { until } from "./harness/until.mjs";
import { TRUTH, WELL } from "./scenario-b.mjs";

const exact = true;

/** Authors take own words off; what they offer for the plan is answered one by one. `room` says who is here. */
export async function authors(step, room) {
  const mine = (one) => one.page.locator(".my-offers");

  await step("p4_own an author takes own words off that stand on the sheet", async () => {
    const { desk, wall, ewa, leila } = room();
    await ewa.offer("Our door code is 4417.");
    await desk.writeUp("Ewa Nowicka", "Our door code is 4417.");
    await Promise.all([leila.page, wall].map((page) => page.getByText("Our door code is 4417.").first().waitFor()));
    const own = mine(ewa).getByRole("listitem").filter({ hasText: "Our door code" });
    await own.getByText("on the sheet").waitFor();
    await own.getByRole("button", { name: /^Take off/ }).click();
    await ewa.page.getByRole("dialog", { name: "Take your words off?" }).getByRole("button", { name: "Take them off" }).click();
    await Promise.all([ewa.page, leila.page, wall].map((page) => page.getByText("Our door code").first().waitFor({ state: "detached" })));
    await until("gone from the desk", async () => !(await linesOf(desk.page, WELL)).some((line) => line.words.includes("door code")));
  });

  await step("p4_pen who holds a pen takes an own line off, also after a reload, and is told why not where others wrote", async () => {
    const { desk, wall, ewa, leila } = room();
    await desk.givePen("Leila Haddad");
    await leila.page.getByText("you have a pen").waitFor();
    await leila.backToTheChair();
    await leila.write(WELL, "Her sister lives at number nine.");
    await leila.saved();
    await wall.getByText("number nine").waitFor();
    await leila.page.reload();
    await until("the board is back", async () => (await linesOf(leila.page, WELL))?.some((line) => line.words.includes("number nine")));
    const n = 1 + (await linesOf(leila.page, WELL)).findIndex((line) => line.words.includes("number nine"));
    await (await leila.more(WELL, n)).getByRole("button", { name: "Take off" }).click();
    await leila.page.getByRole("dialog", { name: "Take this off?" }).getByRole("button", { name: "Take it off" }).click();
    await Promise.all([wall, ewa.page].map((page) => page.getByText("number nine").first().waitFor({ state: "detached" })));
    const stillThere = async () => (await linesOf(leila.page, WELL))?.some((line) => line.words.includes("number nine")) ?? true;
    await until("gone from her screen", async () => !(await stillThere()));
    await until("the board is back", async () => (await linesOf(leila.page, WELL))?.some((line) => line.words === TRUTH));
    const others = await leila.more(WELL, 1 + (await linesOf(leila.page, WELL)).findIndex((line) => line.words === TRUTH));
    await others.getByRole("button", { name: "Take off" }).click();
    const asked = leila.page.getByRole("dialog", { name: "Take this off?" });
    await asked.getByText("only if you alone wrote it").waitFor();
    await asked.getByRole("button", { name: "Take it off" }).click();
    await leila.page.getByText("These are not your own words. Ask the chair to take them off.").first().waitFor();
    assert.ok((await linesOf(desk.page, WELL)).some((line) => line.words === TRUTH), "the line stands");
    await desk.takePen("Leila Haddad");
  });

  await step("f131_p17 words about a row go into it in front of all; what was offered is answered one by one, its name the author's choice", async () => {
    const { desk, ewa, leila, sheet } = room();
    await desk.phase("The Plan");
    await ewa.page.getByRole("heading", { name: "The Plan" }).waitFor();
    const say = async (words) => {
      await ewa.page.getByRole("button", { name: /^Say what should be different ?: / }).first().click();
      const dialog = ewa.page.getByRole("dialog", { name: /^Say what should be different in/ });
      await dialog.getByLabel("What should be different?").fill(words);
      await dialog.getByRole("button", { name: "Offer it" }).click();
      await dialog.waitFor({ state: "hidden" });
    };
    const told = (words) => mine(ewa).getByRole("listitem").filter({ hasText: words });
    await say("On Tuesdays too.");
    await say("Not on Sundays.");
    await told("On Tuesdays too.").getByText("with the chair").waitFor();
    const offered = (words) => desk.offers().getByRole("listitem").filter({ hasText: words });
    await offered("On Tuesdays too.").getByText(/^There now: /).waitFor();
    await offered("On Tuesdays too.").getByRole("combobox", { name: "Column for Ewa Nowicka’s words" }).selectOption({ label: "Task" });
    await desk.writeUp("Ewa Nowicka", "On Tuesdays too.");
    await offered("Not on Sundays.").getByRole("button", { name: "Not taken: Ewa Nowicka’s" }).click();
    await told("On Tuesdays too.").getByText("on the sheet").waitFor();
    await told("Not on Sundays.").getByText("not taken").waitFor();
    await until("the words in the row", async () => (await planOf(leila.page))?.rows.some((row) => row.Task?.includes("\nOn Tuesdays too.")));
    await told("Not on Sundays.").getByRole("button", { name: /^Put away/ }).click();
    await told("Not on Sundays.").waitFor({ state: "detached" });

    await ewa.button("Offer something for the plan").click();
    const dialog = ewa.page.getByRole("dialog", { name: "Offer something for the plan" });
    await dialog.getByRole("textbox", { name: "Task", exact }).fill("Somebody sits with Lena at night.");
    await dialog.getByRole("checkbox", { name: "Show my name beside it" }).uncheck();
    await dialog.getByRole("button", { name: "Offer it" }).click();
    await dialog.waitFor({ state: "hidden" });
    await desk.writeUp("Ewa Nowicka", "Somebody sits with Lena at night.");
    const row = async () => (await planOf(leila.page))?.rows.find((one) => one.Task === "Somebody sits with Lena at night.");
    assert.equal((await until("the row", row)).Who, "");
    await told("Somebody sits with Lena").getByText("on the sheet").waitFor();
    await told("Somebody sits with Lena").getByRole("button", { name: /^Take off/ }).click();
    await ewa.page.getByRole("dialog", { name: "Take your words off?" }).getByRole("button", { name: "Take them off" }).click();
    await until("the row is gone", async () => (await planOf(leila.page)) && !(await row()));
    await desk.phase("Mapping");
    await sheet(WELL);
  });
}

/** Words typed for somebody: by a child's advocate, and by business support. */
export async function typists(step, room) {
  await step("p15_p19 a child's advocate types the words of a child who stays away; they stand as the child's own", async () => {
    const { desk, ewa, sheet, byCode } = room();
    const nadia = new Attendee(await byCode("nadia", "Nadia", { role: "Child’s advocate", words: "Kacper’s advocate" }));
    await nadia.ask("Offer a note").click();
    const dialog = nadia.page.getByRole("dialog", { name: "Offer a note" });
    await dialog.getByRole("combobox", { name: "In whose words" }).selectOption({ label: "Kacper’s words" });
    await dialog.getByRole("textbox", { name: "Offer a note to the chair" }).fill("I like it when Halina reads to me.");
    await dialog.getByRole("button", { name: "Offer it" }).click();
    await dialog.waitFor({ state: "hidden" });
    await desk.offers().getByText("Kacper, typed by Nadia").waitFor();
    await desk.writeUp("Kacper", "I like it when Halina reads to me.");
    await ewa.page.getByText("Kacper’s own words").first().waitFor();
    // Something for the plan is typed for a named person too.
    await desk.phase("The Plan");
    await nadia.button("Offer something for the plan").click();
    const row = nadia.page.getByRole("dialog", { name: "Offer something for the plan" });
    await row.getByRole("combobox", { name: "In whose words" }).selectOption({ label: "Ewa Nowicka, Kacper’s and Lena’s mother" });
    await row.getByRole("textbox", { name: "Task", exact }).fill("I phone the school on Mondays.");
    await row.getByRole("button", { name: "Offer it" }).click();
    await row.waitFor({ state: "hidden" });
    await desk.offers().getByText("Ewa Nowicka, typed by Nadia").waitFor();
    await desk.writeUp("Ewa Nowicka", "I phone the school on Mondays.");
    await until("her row on the wall's plan", async () => (await planOf(ewa.page))?.rows.some((one) => one.Task === "I phone the school on Mondays." && one.Who === "Ewa Nowicka"));
    await desk.phase("Mapping");
    await sheet(WELL);
  });

  await step("p15_desk business support types for a named person on its desk", async () => {
    const { desk, ewa, alone, here } = room();
    const invited = await desk.invite("Sam Reed", "Business support", "minute taker");
    const page = await alone("sam");
    await comeIn(page, invited);
    const pane = page.getByRole("region", { name: "Type for somebody" });
    await pane.getByText("A note in somebody’s words").click();
    await pane.getByRole("combobox", { name: "In whose words" }).selectOption({ label: "Ewa Nowicka, Kacper’s and Lena’s mother" });
    await pane.getByRole("textbox", { name: "Offer a note to the chair" }).fill("I asked for help in October.");
    await pane.getByText("More about it").click();
    await pane.getByRole("combobox", { name: "Where it could go" }).selectOption({ label: WELL });
    await pane.getByRole("button", { name: "Offer it" }).click();
    await desk.offers().getByText("Ewa Nowicka, typed by Sam Reed").waitFor();
    await desk.writeUp("Ewa Nowicka", "I asked for help in October.");
    await until("her words, as hers", async () => (await linesOf(ewa.page, WELL))?.some((line) => line.words === "I asked for help in October." && line.beside.includes("your own words, read back to you")));
    await page.context().close();
    delete here.sam;
  });
}
