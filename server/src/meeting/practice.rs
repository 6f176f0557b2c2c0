//! The practice conference: an invented family in the LBH framework, so that a chair can rehearse with real words.
//! Plain data; whoever opens a practice conference draws the ids and the places.

mod scenario_b;

use protocol::{
    command::Label,
    people::{Place, Role},
};

pub use scenario_b::scenario_b;

/// Everything that a practice conference begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practice {
    /// Key of the framework it is held in.
    pub framework: &'static str,
    /// Names nobody (P1).
    pub title: &'static str,
    /// Start, London time: `2026-12-14T10:00`.
    pub starts: &'static str,
    /// Key of the phase that is open while the filled conference is rehearsed.
    pub phase: &'static str,
    /// In the order of the heads.
    pub children: Vec<PracticeChild>,
    /// In the order of set-up; exactly one chair.
    pub people: Vec<PracticePerson>,
    /// The filled flipchart: lines and quotes, by section in the order of the sheet.
    pub lines: Vec<PracticeLine>,
    /// Rows of the plan, in order.
    pub rows: Vec<PracticeRow>,
    /// Fixed fields of the plan: key and words.
    pub fields: Vec<(&'static str, &'static str)>,
}

/// A child the conference is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeChild {
    /// As used on the sheets; lines name the child by it.
    pub first_name: &'static str,
    /// Full name.
    pub name: &'static str,
}

/// Somebody who comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticePerson {
    /// The name, or the role where the family's story names nobody. Rows name people by it.
    pub name: &'static str,
    /// What rights follow.
    pub role: Role,
    /// The role in plain words.
    pub words: &'static str,
    /// Agency, for professionals.
    pub agency: Option<&'static str>,
    /// In the room or on the call.
    pub place: Place,
    /// Whether they have a device and so a personal link (P15).
    pub device: bool,
}

/// A line of the flipchart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeLine {
    /// Key of the section.
    pub section: &'static str,
    /// What stands there.
    pub words: &'static str,
    /// First names of the children it is about; none = all.
    pub children: &'static [&'static str],
    /// How the words came.
    pub kind: LineKind,
}

/// How the words of a line came to the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineKind {
    /// Written with a pen.
    Written {
        /// Fact, observed, alleged, opinion, or not yet labelled.
        label: Option<Label>,
        /// Who knows it, or what it is based on.
        source: Option<&'static str>,
    },
    /// Somebody's own words (P21).
    Quote {
        /// Who said it, in words that everybody may read.
        speaker: &'static str,
        /// Whether they were read back and are locked.
        read_back: bool,
    },
}

/// A row of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeRow {
    /// Words by the key of their column. Columns without words are left out.
    pub cells: Vec<(&'static str, &'static str)>,
    /// First names of the children it is about; none = all.
    pub children: &'static [&'static str],
    /// Names of people of this conference.
    pub who: &'static [&'static str],
    /// By when.
    pub when: PracticeWhen,
}

/// By when something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PracticeWhen {
    /// `2026-12-22`; none where there is no date yet.
    pub date: Option<&'static str>,
    /// The whole as it was said, where it says more than the date.
    pub words: Option<&'static str>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meeting::framework::Frameworks;
    use protocol::framework::{Framework, Holds, Widget};
    use std::{collections::BTreeSet, sync::Arc};

    fn lbh() -> Arc<Framework> {
        Frameworks::shipped().get("lbh").unwrap().clone()
    }

    /// Words of a line with its label, source or speaker, as one text.
    fn said(line: &PracticeLine) -> String {
        match &line.kind {
            LineKind::Written { label: Some(label), source: Some(source) } => {
                format!("{} [{label:?}] ({source})", line.words)
            }
            LineKind::Written { label: Some(label), source: None } => format!("{} [{label:?}]", line.words),
            LineKind::Written { label: None, source: Some(source) } => format!("{} ({source})", line.words),
            LineKind::Written { label: None, source: None } => line.words.to_owned(),
            LineKind::Quote { speaker, read_back: true } => format!("“{}” {speaker} ✓", line.words),
            LineKind::Quote { speaker, read_back: false } => format!("“{}” {speaker}", line.words),
        }
    }

    fn section(key: &str) -> Vec<String> {
        scenario_b().lines.iter().filter(|line| line.section == key).map(said).collect()
    }

    #[test]
    fn p25_the_practice_conference_says_what_the_scenario_says() {
        assert_eq!(
            section("worried"),
            [
                "20 Nov: three straight bruises on Kacper’s left upper arm and one on his thigh, seen at PE. [Observed] \
                 (teacher, own)",
                "Doctor: “the bruises were most likely made by something narrow such as a belt”. [Opinion] \
                 (examination 24 Nov (paediatrician))",
                "Marek said, “I hit him two times with the belt when he lied. My father did so. I am ashamed.” [Fact] \
                 (he said it (social worker, own))",
                "Kacper does not want PE kit at home. [Observed]",
                "Ewa was at work and “did not ask”. (Ewa, own)",
                "Lena has been seen by the health visitor; no marks; weight as expected. [Fact]",
            ]
        );
        assert_eq!(
            section("working-well"),
            [
                "Marek told the truth on the first day and has slept at a friend’s since 24 Nov [Fact]",
                "Ewa changed to day shifts from 1 Dec [Fact] (employer’s letter)",
                "Kacper told his teacher – he trusts her",
                "Warm home, meals, routines [Observed] (health visitor)",
                "Piotr phones on Sundays; Kacper shows him his running medals.",
            ]
        );
        assert_eq!(section("danger-statements").len(), 1);
        assert!(
            section("danger-statements")[0]
                .ends_with("Lena could be hurt when she begins to crawl and to say no.")
        );
        assert!(section("need-to-see")[0].ends_with("what they do instead.” the social worker ✓"));
        assert_eq!(
            section("need-to-see")[1],
            "Agreement check (11 asked: all but chair, interpreter, observer): 10 agree, 1 not sure (Marek: “three months \
             is long”), 0 differ."
        );
        assert_eq!(section("need-to-see")[2], "“and nobody makes Kacper change his words” the police");
    }

    #[test]
    fn p19_the_childs_own_words_stand_among_the_views() {
        let with = "Kacper, with the social worker, 2 and 9 Dec";
        assert_eq!(
            section("views"),
            [
                "Kacper is the fastest runner in Year 2, collects bottle tops, speaks Polish to Lena so that “she gets both”."
                    .to_owned(),
                "Lena smiles at hats and follows Kacper with her eyes across any room.".to_owned(),
                format!("“I want Marek to come home but the belt not.” {with}"),
                format!("“Good: running, pierogi, Lena laughing.” {with}"),
                format!("“Worry: when the door goes loud.” {with}"),
                format!("“Dream: a dog and no lies and no hitting.” {with}"),
                "Lena: watches, settles with both; reaches for Kacper.".to_owned(),
            ]
        );
    }

    #[test]
    fn p25_everything_in_the_practice_conference_has_its_place_in_the_framework() {
        let (practice, lbh) = (scenario_b(), lbh());
        assert_eq!(practice.framework, lbh.key);
        let phase = lbh.phases.iter().find(|phase| phase.key == practice.phase).unwrap();
        assert!(!phase.offers.is_empty(), "while it is rehearsed there is something to offer");
        let sections: Vec<&str> = (lbh.sheets.iter().flat_map(|sheet| &sheet.sections))
            .filter(|section| section.widget == Widget::Notes)
            .map(|section| section.key.as_str())
            .collect();
        assert!(practice.lines.iter().all(|line| sections.contains(&line.section)));
        let words: Vec<&str> = (lbh.plan.columns.iter())
            .filter(|column| column.holds == Holds::Words)
            .map(|column| column.key.as_str())
            .collect();
        assert!(practice.rows.iter().flat_map(|row| &row.cells).all(|(column, _)| words.contains(column)));
        let fields: BTreeSet<&str> = practice.fields.iter().map(|(key, _)| *key).collect();
        assert!(
            lbh.plan.fields.iter().filter(|field| field.required).all(|f| fields.contains(f.key.as_str()))
        );
    }

    #[test]
    fn p25_everybody_and_every_child_that_is_named_is_there() {
        let practice = scenario_b();
        let children: BTreeSet<_> = practice.children.iter().map(|child| child.first_name).collect();
        let people: BTreeSet<_> = practice.people.iter().map(|person| person.name).collect();
        let named = practice.lines.iter().flat_map(|line| line.children);
        assert!(
            named.chain(practice.rows.iter().flat_map(|row| row.children)).all(|one| children.contains(one))
        );
        assert!(practice.rows.iter().flat_map(|row| row.who).all(|one| people.contains(one)));
        assert_eq!(people.len(), practice.people.len());
        assert_eq!(people.len(), 14);
        assert_eq!(practice.people.iter().filter(|person| person.place == Place::Call).count(), 3);
        assert_eq!(practice.people.iter().filter(|person| person.role == Role::Chair).count(), 1);
        let without: Vec<_> = practice.people.iter().filter(|one| !one.device).map(|one| one.name).collect();
        assert_eq!(without, ["Marek Zieliński", "Student social worker"]);
    }

    #[test]
    fn f44_nine_seats_scale_in_the_practice_conference() {
        let who = lbh().scale.as_ref().unwrap().who.clone();
        assert_eq!(scenario_b().people.iter().filter(|person| who.contains(&person.role)).count(), 9);
    }

    #[test]
    fn f110_every_row_of_the_practice_plan_has_what_who_and_by_when() {
        let practice = scenario_b();
        assert_eq!(practice.rows.len(), 6);
        for row in &practice.rows {
            assert!(row.cells.iter().all(|(_, words)| !words.is_empty()) && !row.who.is_empty());
            assert!(row.when.date.is_some() || row.when.words.is_some());
            let (Some(date), words) = (row.when.date, row.when.words) else { continue };
            let date: jiff::civil::Date = date.parse().unwrap();
            let spoken = date.strftime("%a %-d %b %Y").to_string();
            assert!(words.is_none_or(|words| words.ends_with(&spoken)), "{words:?} is {spoken}");
        }
    }
}
