/** What an attendee does on their own screen. */

import { Pen } from "./desk.mjs";

const exact = true;

export class Attendee extends Pen {
  /** Opens one of the sheets: the look around, then the sheet. */
  async open(label) {
    await this.button("All sheets").click();
    await this.page.getByRole("navigation", { name: "Sheets" }).getByRole("button", { name: new RegExp(`^${label}`) }).click();
  }

  async backToTheChair() {
    const back = this.button("Back to the chair’s sheet");
    if (await back.isVisible()) await back.click();
  }

  /** Offers a note. A phone has its own page for that; a wide screen has it beside the sheet. */
  async offer(words, { label, hand, source, child, where, named = true } = {}) {
    const dialog = this.page.getByRole("dialog", { name: "Offer a note" });
    const phone = this.page.getByRole("button", { name: "Offer a note", exact });
    const at = (await phone.count()) ? dialog : this.page.getByRole("complementary");
    if (await phone.count()) await phone.click();
    await at.getByRole("textbox", { name: "Offer a note to the chair" }).click();
    await this.page.keyboard.type(words);
    const more = at.getByText("More about it");
    if ((label || hand || source || child || where) && (await more.count())) await more.click();
    if (label) await at.getByRole("radio", { name: label, exact }).check();
    if (hand) await at.getByRole("group", { name: "How you know it" }).getByRole("button", { name: hand, exact }).click();
    if (source) {
      await at.getByRole("textbox", { name: label === "Opinion" ? "Based on" : "How you know, or who told you" }).click();
      await this.page.keyboard.type(source);
    }
    if (child) await at.getByRole("group", { name: "About" }).getByRole("button", { name: child }).click();
    if (where) await at.getByRole("combobox", { name: "Where it could go" }).selectOption({ label: where });
    await at.getByRole("checkbox", { name: "Show my name beside it" }).setChecked(named);
    await at.getByRole("button", { name: "Offer it" }).click();
    if (await phone.count()) await dialog.waitFor({ state: "hidden" });
    else await at.getByText("Your note is with the chair.").waitFor();
  }

  ask(name) {
    return this.page.getByRole("button", { name, exact });
  }
}
