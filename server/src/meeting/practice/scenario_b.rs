//! Kacper and Lena: physical abuse, with an interpreter. The whole family is invented.

use super::{LineKind, Practice, PracticeChild, PracticeLine, PracticePerson, PracticeRow, PracticeWhen};
use protocol::{
    command::Label,
    people::{Place, Role},
};

const KACPER: &[&str] = &["Kacper"];
const LENA: &[&str] = &["Lena"];
const BOTH: &[&str] = &["Kacper", "Lena"];
/// Not about one child more than the other.
const ALL: &[&str] = &[];

/// An initial conference in the LBH framework, filled as it stands at the end of The Plan.
pub fn scenario_b() -> Practice {
    Practice {
        framework: "lbh",
        title: "Initial conference",
        starts: "2026-12-14T10:00",
        phase: "mapping",
        children: vec![
            PracticeChild { first_name: "Kacper", name: "Kacper Nowicki" },
            PracticeChild { first_name: "Lena", name: "Lena Zielińska" },
        ],
        people: people(),
        lines: [worried(), danger_statements(), working_well(), views(), need_to_see()].concat(),
        rows: rows(),
        fields: vec![(
            "contingency",
            "If Marek comes back or anyone hits: Ewa phones the duty number or 999; Halina can stay from Gdynia within \
             two days; strategy discussion same day.",
        )],
    }
}

fn people() -> Vec<PracticePerson> {
    let person = |name, role, words, agency, place, device| PracticePerson {
        name,
        role,
        words,
        agency,
        place,
        device,
    };
    let (room, call) = (Place::Room, Place::Call);
    let care = Some("children’s social care");
    vec![
        person("Ruth Amankwah", Role::Chair, "chair", None, room, true),
        person("Ewa Nowicka", Role::Parent, "Kacper’s and Lena’s mother", None, room, true),
        person("Marek Zieliński", Role::Parent, "Kacper’s stepfather, Lena’s father", None, room, false),
        person("Polish interpreter", Role::Interpreter, "interpreter", None, room, true),
        person("Leila Haddad", Role::SocialWorker, "social worker", care, room, true),
        person("Team manager", Role::TeamManager, "team manager", care, room, true),
        person("Miss Farrow", Role::School, "class teacher", Some("primary school"), room, true),
        person("Designated lead", Role::School, "designated lead", Some("primary school"), room, true),
        person("Health visitor", Role::HealthVisitor, "health visitor", Some("health visiting"), room, true),
        person("School nurse", Role::SchoolNurse, "school nurse", Some("school nursing"), room, true),
        person("Student social worker", Role::Observer, "observer", care, room, false),
        person("PC Gwen Marsh", Role::Police, "police", Some("police"), call, true),
        person("Paediatrician", Role::OtherProfessional, "paediatrician", Some("paediatrics"), call, true),
        person(
            "Parenting practitioner",
            Role::OtherProfessional,
            "parenting practitioner",
            Some("early help"),
            call,
            true,
        ),
    ]
}

fn written(
    section: &'static str,
    words: &'static str,
    children: &'static [&'static str],
    label: Option<Label>,
    source: Option<&'static str>,
) -> PracticeLine {
    PracticeLine { section, words, children, kind: LineKind::Written { label, source } }
}

fn quote(
    section: &'static str,
    words: &'static str,
    children: &'static [&'static str],
    speaker: &'static str,
    read_back: bool,
) -> PracticeLine {
    PracticeLine { section, words, children, kind: LineKind::Quote { speaker, read_back } }
}

fn worried() -> Vec<PracticeLine> {
    let line = |words, children, label, source| written("worried", words, children, label, source);
    vec![
        line(
            "20 Nov: three straight bruises on Kacper’s left upper arm and one on his thigh, seen at PE.",
            KACPER,
            Some(Label::Observed),
            Some("teacher, own"),
        ),
        line(
            "Doctor: “the bruises were most likely made by something narrow such as a belt”.",
            KACPER,
            Some(Label::Opinion),
            Some("examination 24 Nov (paediatrician)"),
        ),
        line(
            "Marek said, “I hit him two times with the belt when he lied. My father did so. I am ashamed.”",
            KACPER,
            Some(Label::Fact),
            Some("he said it (social worker, own)"),
        ),
        line("Kacper does not want PE kit at home.", KACPER, Some(Label::Observed), None),
        line("Ewa was at work and “did not ask”.", KACPER, None, Some("Ewa, own")),
        line(
            "Lena has been seen by the health visitor; no marks; weight as expected.",
            LENA,
            Some(Label::Fact),
            None,
        ),
    ]
}

fn danger_statements() -> Vec<PracticeLine> {
    vec![written(
        "danger-statements",
        "The school, the doctor and the social worker are worried that Marek will again hit Kacper with a belt or his \
         hand when he is tired or feels lied to, and that Ewa will not know or will feel that she cannot stop it. Kacper \
         could be badly hurt, become frightened to tell the truth, or learn to hit. Lena could be hurt when she begins \
         to crawl and to say no.",
        BOTH,
        None,
        None,
    )]
}

fn working_well() -> Vec<PracticeLine> {
    let line = |words, children, label, source| written("working-well", words, children, label, source);
    vec![
        line(
            "Marek told the truth on the first day and has slept at a friend’s since 24 Nov",
            ALL,
            Some(Label::Fact),
            None,
        ),
        line("Ewa changed to day shifts from 1 Dec", ALL, Some(Label::Fact), Some("employer’s letter")),
        line("Kacper told his teacher – he trusts her", KACPER, None, None),
        line("Warm home, meals, routines", ALL, Some(Label::Observed), Some("health visitor")),
        line("Piotr phones on Sundays; Kacper shows him his running medals.", KACPER, None, None),
    ]
}

/// The pen pictures stand first: this framework has no sheet for them, and who a child is belongs with what the child says.
fn views() -> Vec<PracticeLine> {
    let kacper = |words| quote("views", words, KACPER, "Kacper, with the social worker, 2 and 9 Dec", false);
    vec![
        written(
            "views",
            "Kacper is the fastest runner in Year 2, collects bottle tops, speaks Polish to Lena so that “she gets both”.",
            KACPER,
            None,
            None,
        ),
        written(
            "views",
            "Lena smiles at hats and follows Kacper with her eyes across any room.",
            LENA,
            None,
            None,
        ),
        kacper("I want Marek to come home but the belt not."),
        kacper("Good: running, pierogi, Lena laughing."),
        kacper("Worry: when the door goes loud."),
        kacper("Dream: a dog and no lies and no hitting."),
        written("views", "Lena: watches, settles with both; reaches for Kacper.", LENA, None, None),
    ]
}

fn need_to_see() -> Vec<PracticeLine> {
    vec![
        quote(
            "need-to-see",
            "I need to see three months in which Marek has not hit or threatened Kacper, that Kacper says this himself to \
             his teacher, that Ewa has stopped a difficult evening at least twice and told me how, and that both can show \
             me what they do instead.",
            ALL,
            "the social worker",
            true,
        ),
        written(
            "need-to-see",
            "Agreement check (11 asked: all but chair, interpreter, observer): 10 agree, 1 not sure (Marek: “three months is \
             long”), 0 differ.",
            ALL,
            None,
            None,
        ),
        quote("need-to-see", "and nobody makes Kacper change his words", KACPER, "the police", false),
    ]
}

fn rows() -> Vec<PracticeRow> {
    let row = |outcome, task, who, when, measure, children| PracticeRow {
        cells: vec![("outcome", outcome), ("task", task), ("measure", measure)],
        children,
        who,
        when,
    };
    let by = |date, words| PracticeWhen { date, words };
    vec![
        row(
            "Kacper goes to bed without fear and tells his teacher he feels safe",
            "Marek lives at Tomek’s address; sees Kacper and Lena only with Ewa and the social worker or Halina present, \
             Tue and Sat 16:00–18:00, from Tue 15 Dec 2026",
            &["Marek Zieliński"],
            by(None, Some("until core group changes it")),
            "visit notes",
            KACPER,
        ),
        row(
            "Marek and Ewa have other ways when Kacper lies or shouts",
            "Attend the parenting course in Polish, Thursdays 18:00, 10 weeks from Thu 7 Jan 2027; every core group will \
             discuss attendance",
            &["Marek Zieliński", "Ewa Nowicka"],
            by(Some("2027-03-11"), None),
            "weekly note; they show two examples",
            KACPER,
        ),
        row(
            "Ewa stops hard evenings",
            "Write a calm-down plan with the social worker; try it; tell core group of two evenings",
            &["Ewa Nowicka"],
            by(Some("2026-12-22"), Some("first by Tue 22 Dec 2026")),
            "the written plan",
            ALL,
        ),
        row(
            "Kacper has someone to tell",
            "15 minutes with Miss Farrow every Monday and Friday; three-faces card",
            &["Miss Farrow"],
            by(Some("2027-01-04"), Some("from Mon 4 Jan 2027")),
            "card",
            KACPER,
        ),
        row(
            "Lena is well and safe",
            "Health visitor at home fortnightly, looks at skin at nappy change with Ewa",
            &["Health visitor"],
            by(Some("2026-12-18"), Some("first by Fri 18 Dec 2026")),
            "record",
            LENA,
        ),
        row(
            "Kacper keeps Piotr",
            "Sunday call goes on; social worker phones Piotr with interpreter",
            &["Leila Haddad"],
            by(Some("2026-12-18"), Some("by Fri 18 Dec 2026")),
            "note",
            KACPER,
        ),
    ]
}
