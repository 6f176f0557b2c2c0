/** Who stands at the door, under the chair's hand. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, person } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { atTheDoor, comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";

let service, browser, link, desk;
const here = {};

async function somebody(name, { clock = false } = {}) {
  const one = await person(browser, { origin: service.origin });
  one.page.setDefaultTimeout(10_000);
  if (clock) await one.page.clock.install();
  here[name] = one;
  await comeIn(one.page, await link(name));
  return one.page;
}

before(async () => {
  service = await Service.start();
  link = await practice(service, "empty sheets");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await service?.end();
});

test("the door", async (t) => {
  const step = story(t, () => here);
  const letIn = (name) => desk.page.getByRole("region", { name: /^At the door/ }).getByRole("button", { name: new RegExp(`^Let in ?: ${name}`) });

  await step("p3 who comes is put last, and nobody above them moves", async () => {
    desk = new Desk(await somebody("Ruth Amankwah", { clock: true }));
    // The list of people has Ewa before the paediatrician.
    for (const name of ["Paediatrician", "Leila Haddad"]) {
      await atTheDoor(await somebody(name));
      await letIn(name).waitFor();
    }
    await letIn("Paediatrician").scrollIntoViewIfNeeded();
    const place = await letIn("Paediatrician").boundingBox();
    await atTheDoor(await somebody("Ewa Nowicka"));
    await letIn("Ewa Nowicka").waitFor();
    assert.deepEqual(await letIn("Paediatrician").boundingBox(), place);
  });

  await step("p3 a second press at the same place opens the door to nobody else", async () => {
    // On the desk passes the time that is run here alone: a place that stays for two seconds stays while it is looked at.
    const { clock } = desk.page;
    await clock.pauseAt(Date.now() + 5_000);
    const passes = (what, look) =>
      until(what, async () => {
        await clock.runFor(20);
        return look();
      });
    const { x, y, width, height } = await letIn("Paediatrician").boundingBox();
    const below = await letIn("Leila Haddad").boundingBox();
    const press = () => desk.page.mouse.click(x + width / 2, y + height / 2);
    await press();
    await passes("somebody let in", () => letIn("Paediatrician").isHidden());
    assert.deepEqual(await letIn("Leila Haddad").boundingBox(), below);
    await press();
    // The place is given up, and those who wait move up; all of them still wait.
    await passes("the others to move up", async () => (await letIn("Leila Haddad").boundingBox()).y < below.y);
    await clock.resume();
    assert.equal(await letIn("Leila Haddad").count(), 1);
    assert.equal(await letIn("Ewa Nowicka").count(), 1);
    for (const name of ["Leila Haddad", "Ewa Nowicka"]) await atTheDoor(here[name].page);
  });

  await step("p3 who is let in one after the other is in", async () => {
    await desk.letIn("Leila Haddad");
    await desk.letIn("Ewa Nowicka");
    for (const one of Object.values(here).slice(1)) await one.page.getByText("You are following the chair").waitFor();
    assert.deepEqual(Object.values(here).flatMap((one) => one.faults), []);
  });
});
