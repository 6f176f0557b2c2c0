/**
 * Kacper and Lena, as it stands on the sheets at the end of The Plan: every word of the scenario, with its labels and
 * sources, from welcome to the contingency. The whole family is invented.
 *
 * LBH has no sheet for pen pictures: who a child is stands first among the views of that child. The check whether
 * everybody agrees stands under the words that were read back.
 */

export const WORRIED = "What are we Worried About";
export const DANGER = "Danger Statements";
export const WELL = "What's Working Well";
export const VIEWS = "What are the views of the child";
export const SEE = "What you need to see";
export const NEXT = "What Needs to Happen";

export const BRUISES = "20 Nov: three straight bruises on Kacper’s left upper arm and one on his thigh, seen at PE.";
export const DOCTOR = "Doctor: “the bruises were most likely made by something narrow such as a belt”.";
export const BELT = "Marek said, “I hit him two times with the belt when he lied. My father did so. I am ashamed.”";
export const KIT = "Kacper does not want PE kit at home.";
export const WORK = "Ewa was at work and “did not ask”.";
export const LENA = ["Lena has been seen by the health visitor;", " no marks;", " weight as expected."];
export const DANGERS =
  "The school, the doctor and the social worker are worried that Marek will again hit Kacper with a belt or his hand when he is " +
  "tired or feels lied to, and that Ewa will not know or will feel that she cannot stop it. Kacper could be badly hurt, become " +
  "frightened to tell the truth, or learn to hit. Lena could be hurt when she begins to crawl and to say no.";
export const TRUTH = "Marek told the truth on the first day and has slept at a friend’s since 24 Nov";
export const SHIFTS = "Ewa changed to day shifts from 1 Dec";
export const TRUSTS = "Kacper told his teacher – he trusts her";
export const HOME = "Warm home, meals, routines";
export const PIOTR = "Piotr phones on Sundays; Kacper shows him his running medals.";
export const FASTEST =
  "Kacper is the fastest runner in Year 2, collects bottle tops, speaks Polish to Lena so that “she gets both”.";
export const HATS = "Lena smiles at hats and follows Kacper with her eyes across any room.";
export const SPEAKER = "Kacper, with the social worker, 2 and 9 Dec";
export const KACPER = [
  "I want Marek to come home but the belt not.",
  "Good: running, pierogi, Lena laughing.",
  "Worry: when the door goes loud.",
  "Dream: a dog and no lies and no hitting.",
];
export const WATCHES = "Lena: watches, settles with both; reaches for Kacper.";
export const ANSWER =
  "I need to see three months in which Marek has not hit or threatened Kacper, that Kacper says this himself to his teacher, that " +
  "Ewa has stopped a difficult evening at least twice and told me how, and that both can show me what they do instead.";
export const AGREED =
  "Agreement check (11 asked: all but chair, interpreter, observer): 10 agree, 1 not sure (Marek: “three months is long”), " +
  "0 differ.";
export const HIS_WORDS = "and nobody makes Kacper change his words";
export const CONTINGENCY =
  "If Marek comes back or anyone hits: Ewa phones the duty number or 999; Halina can stay from Gdynia within two days; strategy " +
  "discussion same day.";

const row = (outcome, task, measure, how) => ({ cells: { "Outcome statement": outcome, Task: task, Measure: measure }, ...how });
export const ROWS = [
  row(
    "Kacper goes to bed without fear and tells his teacher he feels safe",
    "Marek lives at Tomek’s address; sees Kacper and Lena only with Ewa and the social worker or Halina present, Tue and Sat " +
      "16:00–18:00, from Tue 15 Dec 2026",
    "visit notes",
    { who: ["Marek Zieliński"], words: "until core group changes it" },
  ),
  row(
    "Marek and Ewa have other ways when Kacper lies or shouts",
    "Attend the parenting course in Polish, Thursdays 18:00, 10 weeks from Thu 7 Jan 2027; every core group will discuss attendance",
    "weekly note; they show two examples",
    { who: ["Marek Zieliński", "Ewa Nowicka"], date: "2027-03-11" },
  ),
  row(
    "Ewa stops hard evenings",
    "Write a calm-down plan with the social worker; try it; tell core group of two evenings",
    "the written plan",
    { who: ["Ewa Nowicka"], date: "2026-12-22", words: "first by Tue 22 Dec 2026" },
  ),
  row("Kacper has someone to tell", "15 minutes with Miss Farrow every Monday and Friday; three-faces card", "card", {
    who: ["Miss Farrow"], date: "2027-01-04", words: "from Mon 4 Jan 2027",
  }),
  row("Lena is well and safe", "Health visitor at home fortnightly, looks at skin at nappy change with Ewa", "record", {
    who: ["Health visitor"], date: "2026-12-18", words: "first by Fri 18 Dec 2026",
  }),
  row("Kacper keeps Piotr", "Sunday call goes on; social worker phones Piotr with interpreter", "note", {
    who: ["Leila Haddad"], date: "2026-12-18", words: "by Fri 18 Dec 2026",
  }),
];

const line = (words, ...beside) => ({ words, beside: beside.sort(), struck: false });
const own = (who) => `${who}’s own words`;
const about = (child) => `About ${child}`;

/** Every sheet at the end, as somebody reads it whose words are none of these. */
export const AT_THE_END = {
  [WORRIED]: [
    line(BRUISES, "Observed", "teacher, own", about("Kacper")),
    line(DOCTOR, "Opinion", "examination 24 Nov", "offered by Paediatrician", about("Kacper")),
    line(BELT, "Fact", "he said it (social worker, own)", about("Kacper")),
    line(KIT, "Observed", about("Kacper")),
    line(WORK, "offered by Ewa Nowicka"),
    line(LENA.join(""), "Fact", about("Lena")),
  ],
  [DANGER]: [line(DANGERS)],
  [WELL]: [
    line(TRUTH, "Fact"),
    line(SHIFTS, "Fact", "employer’s letter"),
    line(TRUSTS, about("Kacper")),
    line(HOME, "Observed", "health visitor"),
    line(PIOTR, about("Kacper")),
  ],
  [VIEWS]: [
    line(FASTEST, about("Kacper")),
    line(HATS, about("Lena")),
    ...KACPER.map((words) => line(words, own(SPEAKER), about("Kacper"))),
    line(WATCHES, about("Lena")),
  ],
  [SEE]: [
    line(ANSWER, "the social worker’s own words, read back"),
    line(AGREED),
    line(HIS_WORDS, own("the police"), about("Kacper")),
  ],
  [NEXT]: [],
  plan: {
    rows: ROWS.map(({ cells, who, words }) => ({
      ...cells,
      "Contribution of the agency": "",
      Who: who.join(", "),
      "By when": words ?? "Thu 11 Mar 2027",
    })),
    fields: { Contingency: CONTINGENCY },
  },
};

const said = (who, words) => `${who}: “${words}”`;

/** The same, as a wall shows it: words alone, and whose they are. */
export const ON_THE_WALL = {
  [WORRIED]: [BRUISES, `Paediatrician: ${DOCTOR}`, BELT, KIT, `Ewa Nowicka: ${WORK}`, LENA.join(""), DANGER, DANGERS],
  [WELL]: [TRUTH, SHIFTS, TRUSTS, HOME, PIOTR],
  [VIEWS]: [FASTEST, HATS, ...KACPER.map((words) => said(SPEAKER, words)), WATCHES],
  [NEXT]: [SEE, said("the social worker", ANSWER), AGREED, said("the police", HIS_WORDS)],
  "The Plan": [
    ...AT_THE_END.plan.rows.map((cells) => [
      cells["Outcome statement"],
      ...["Task", "Who", "By when", "Measure"].filter((column) => cells[column]).map((column) => `${column} ${cells[column]}`),
    ]),
    ["Contingency", CONTINGENCY],
  ],
};
