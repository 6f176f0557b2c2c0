/** Steps of `together.test.mjs`: how somebody goes, sent out or by themselves. */

import assert from "node:assert/strict";
import { kept } from "./harness/browser.mjs";
import { within } from "./harness/moments.mjs";
import { comeIn } from "./harness/practice.mjs";
import { until } from "./harness/until.mjs";

const exact = true;

/** Somebody is sent out, somebody leaves in a pause; `room` says who is here. */
export async function goings(step, room) {
  await step("p3_eject somebody sent out sees nothing within a second, and the link opens nothing", async () => {
    const { desk, alone, link } = room();
    const farrow = await alone("farrow");
    await comeIn(farrow, await link("Miss Farrow"));
    await desk.letIn("Miss Farrow");
    await farrow.getByText("You are following the chair").waitFor();
    await desk.person("Miss Farrow", async (people) => {
      await people.getByRole("button", { name: "Send out" }).click();
      await within(1_000, {
        pressed: desk.page,
        act: () => people.getByRole("button", { name: "Yes", exact }).click(),
        screens: { farrow },
        words: /Tomek/,
        gone: true,
      });
      assert.ok(!/Kacper|Marek/.test(await farrow.locator("body").innerText()));
      await farrow.getByText("Please phone the number on your letter").waitFor();
    });
    assert.ok(!/Kacper|Marek/.test(await farrow.content()));
    await farrow.reload();
    await farrow.getByText("Please phone the number on your letter").waitFor();
    const { url, pin } = await link("Miss Farrow");
    await farrow.goto("about:blank");
    await farrow.goto(url);
    await farrow.getByLabel("Type your PIN").fill(pin);
    await farrow.getByRole("button", { name: "Open", exact }).click();
    await farrow.getByText("That did not work. Please phone the number on your letter.").waitFor();
  });

  await step("p6_leave one tap, in a pause too, clears the page before the network answers; Back shows nothing, only the desk can tell", async () => {
    const { desk, wall, leila, here, origin } = room();
    for (const width of [360, 390, 1280]) {
      const { page } = width === 1280 ? leila : here.second;
      await page.setViewportSize({ width, height: 740 });
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      const [leave, cover] = await Promise.all([/^Leave/, /^Cover/].map((name) => page.getByRole("button", { name }).boundingBox()));
      assert.ok(leave.y >= 0 && Math.abs(leave.y - cover.y) < 2 && leave.width >= 44 && leave.height >= 44, `${width}: ${JSON.stringify(leave)}`);
    }
    const page = here.second.page;
    await page.getByRole("button", { name: "Offer a note", exact }).click();
    for (const name of [/^Leave/, /^Cover/]) await page.getByRole("dialog", { name: "Offer a note" }).getByRole("button", { name }).waitFor();
    await page.keyboard.press("Escape");
    await desk.pause();
    await page.getByText("We are taking a break").waitFor();
    let arrive;
    const onTheWay = new Promise((go) => (arrive = go));
    await page.route("**/gone", async (route) => {
      await onTheWay;
      await route.continue();
    });
    // A press through Playwright would wait for the page that is held back; the page tells how it stands by itself.
    const left = page.getByRole("button", { name: /^Leave/ }).evaluate((button) => {
      button.click();
      return document.body.innerText.trim();
    });
    assert.equal(await left, "", "nothing is left while the network is slow");
    arrive();
    await page.getByRole("heading", { name: "Page closed" }).waitFor();
    await desk.resume();
    assert.match(page.url(), /\/gone$/);
    await page.goBack().catch(() => {});
    await until("a page that shows nothing", async () => !/Kacper|Lena|Marek|Tomek/.test(await page.locator("body").innerText()));
    assert.equal(await page.getByText("You are following the chair").count(), 0);
    assert.equal(await leila.page.getByText(/has left|left the/i).count(), 0);
    assert.equal(await wall.getByText(/has left/i).count(), 0);
    await page.goto(`${origin}/gone`);
    assert.deepEqual(await kept(page), []);
  });
}
