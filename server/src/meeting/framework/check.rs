//! What a framework must be beside its form. Each rule says what to write instead.

use super::place::Place;
use protocol::{
    framework::{Decision, Framework, Holds, Phase, Plan, Scale, Section, Sheet, Widget},
    limits,
    people::Role,
};
use std::collections::BTreeSet;

/// Dates that the service counts, and whether they lie before the conference.
const DEADLINES: [(&str, bool); 10] = [
    ("reading", true),
    ("report-parents-initial", true),
    ("report-parents-review", true),
    ("report-chair", true),
    ("summary", false),
    ("letter", false),
    ("core-group", false),
    ("child-in-need", false),
    ("review", false),
    ("review-next", false),
];

/// Key of the plan, as a place for the walls to turn to.
const PLAN: &str = "plan";

/// What is wrong: where, what, and what to write instead.
pub(super) type Found = (Place, String, String);

/// Everything that is wrong with a framework read from `file`.
pub(super) fn faults(file: &str, framework: &Framework) -> Vec<Found> {
    let mut check = Check { found: Vec::new() };
    let top = Place::default();
    check.head(file, framework, &top);
    check.phases(framework, &top.key("phases"));
    check.sheets(framework, &top.key("sheets"));
    if let Some(scale) = &framework.scale {
        check.scale(scale, framework, &top.key("scale"));
    }
    check.plan(&framework.plan, &top.key("plan"));
    check.decision(&framework.decision, &top.key("decision"));
    check.ends(framework, &top);
    check.found
}

struct Check {
    found: Vec<Found>,
}

impl Check {
    fn fault(&mut self, place: Place, what: impl Into<String>, instead: impl Into<String>) {
        self.found.push((place, what.into(), instead.into()));
    }

    fn head(&mut self, file: &str, framework: &Framework, top: &Place) {
        self.key(&framework.key, top.key("key"));
        if file.strip_suffix(".toml") != Some(framework.key.as_str()) {
            let what = format!("the key is \"{}\" and the file is called {file}", framework.key);
            self.fault(top.key("key"), what, "the name of the file without .toml");
        }
        self.label(&framework.name, top.key("name"));
        self.label(&framework.about, top.key("about"));
        self.words(&framework.threshold, limits::WORDS_BYTES, top.key("threshold"));
        if framework.version == 0 {
            self.fault(top.key("version"), "the version is 0", "1, and one more at each change of the words");
        }
    }

    fn phases(&mut self, framework: &Framework, list: &Place) {
        let phases = &framework.phases;
        if phases.is_empty() {
            self.fault(list.clone(), "there is no phase", "at least one [[phases]]");
        }
        self.unique_keys(phases.iter().map(|phase| phase.key.as_str()), "phase", |n| list.at(n).key("key"));
        self.unique_labels(phases.iter().map(|phase| phase.label.as_str()), "phase", |n| {
            list.at(n).key("label")
        });
        let sections: Vec<&str> = sections(framework).map(|(_, _, section)| section.key.as_str()).collect();
        for (n, phase) in phases.iter().enumerate() {
            self.phase(phase, &sections, &list.at(n));
        }
        let convening: Vec<usize> = (0..phases.len()).filter(|n| phases[*n].convenes).collect();
        let instead = "`convenes = true` in the one phase that starts with the act of convening";
        match convening[..] {
            [_] => {}
            [] => self.fault(list.clone(), "no phase convenes the conference", instead),
            [first, .., second] => {
                let what = format!(
                    "two phases convene the conference, \"{}\" and \"{}\"",
                    phases[first].key, phases[second].key
                );
                self.fault(list.at(second).key("convenes"), what, instead);
            }
        }
    }

    fn phase(&mut self, phase: &Phase, sections: &[&str], place: &Place) {
        if let Some(section) = phase.section.as_deref().filter(|key| *key != PLAN && !sections.contains(key))
        {
            let what = format!("the phase turns the walls to \"{section}\", and there is no such section");
            let instead = format!("one of {}, or \"{PLAN}\" for the plan", listed(sections));
            self.fault(place.key("section"), what, instead);
        }
        for (n, prompt) in phase.prompts.iter().enumerate() {
            self.label(&prompt.to, place.key("prompts").at(n).key("to"));
            self.words(&prompt.text, limits::WORDS_BYTES, place.key("prompts").at(n).key("text"));
        }
        let asks = place.key("asks");
        let mut asked: BTreeSet<Role> = BTreeSet::new();
        for (n, ask) in phase.asks.iter().enumerate() {
            self.words(&ask.text, limits::WORDS_BYTES, asks.at(n).key("text"));
            if ask.of.is_empty() && n + 1 < phase.asks.len() {
                let what = "what follows this ask is never shown: without `of` it is for everybody";
                self.fault(asks.at(n), what, "roles in `of`, or put it last");
            }
            for role in &ask.of {
                if *role == Role::Wall {
                    self.fault(asks.at(n).key("of"), "a wall is asked", "roles of people");
                } else if !asked.insert(*role) {
                    let what = format!("the role \"{}\" is asked twice in this phase", word(role));
                    self.fault(asks.at(n).key("of"), what, "each role once: the first sentence counts");
                }
            }
        }
        self.unique_by(&phase.offers, "the offer", place.key("offers"));
        self.unique_by(&phase.plan_writers, "the role", place.key("plan_writers"));
        if let Some(role) = phase.plan_writers.iter().find(|role| !role.may_hold_pen()) {
            let what = format!("the role \"{}\" would write in the plan and never holds a pen", word(role));
            self.fault(place.key("plan_writers"), what, "roles of family or professionals, or none");
        }
    }

    fn sheets(&mut self, framework: &Framework, list: &Place) {
        if framework.sheets.is_empty() {
            self.fault(list.clone(), "there is no sheet", "at least one [[sheets]] with [[sheets.sections]]");
        }
        self.unique_keys(framework.sheets.iter().map(|sheet| sheet.key.as_str()), "sheet", |n| {
            list.at(n).key("key")
        });
        let all: Vec<_> = sections(framework).collect();
        let at = |n: usize| list.at(all[n].0).key("sections").at(all[n].1);
        self.unique_keys(all.iter().map(|(_, _, section)| section.key.as_str()), "section", |n| {
            at(n).key("key")
        });
        self.unique_labels(all.iter().map(|(_, _, section)| section.label.as_str()), "section", |n| {
            at(n).key("label")
        });
        for (n, sheet) in framework.sheets.iter().enumerate() {
            if sheet.sections.is_empty() {
                let what = format!("the sheet \"{}\" is blank", sheet.key);
                self.fault(list.at(n), what, "at least one [[sheets.sections]]");
            }
        }
        for (n, (sheet, _, section)) in all.iter().enumerate() {
            self.section(section, &framework.sheets[*sheet], &framework.plan, &at(n));
        }
        for (widget, name) in [(Widget::Plan, "plan"), (Widget::Genogram, "genogram")] {
            let mut twice = (0..all.len()).filter(|n| all[*n].2.widget == widget).skip(1);
            if let Some(n) = twice.next() {
                let what = format!("a second section holds the {name}");
                self.fault(at(n).key("widget"), what, "`widget = \"notes\"`, or take the section out");
            }
        }
    }

    fn section(&mut self, section: &Section, sheet: &Sheet, plan: &Plan, place: &Place) {
        for (n, text) in section.holds.iter().enumerate() {
            self.words(text, limits::WORDS_BYTES, place.key("holds").at(n));
        }
        if section.key == "join" {
            self.fault(place.key("key"), "\"join\" is the walls' page with the code", "another key");
        }
        if (section.key == PLAN) != (section.widget == Widget::Plan) {
            let what = "the key \"plan\" and the widget \"plan\" belong to the same section";
            self.fault(place.key("key"), what, "both, or neither");
        }
        if section.widget == Widget::Plan && section.label != plan.label {
            let what =
                format!("the plan is called \"{}\" here and \"{}\" under [plan]", section.label, plan.label);
            self.fault(place.key("label"), what, "the same words in both places");
        }
        let lines = section.widget == Widget::Notes;
        if !lines && (section.per_child || section.statement || section.strip_of.is_some()) {
            let what = "`per_child`, `statement` and `strip_of` are for sections with lines";
            self.fault(place.key("widget"), what, "`widget = \"notes\"`, or take those keys out");
        }
        let Some(target) = &section.strip_of else { return };
        let others: Vec<&str> = (sheet.sections.iter())
            .filter(|other| other.strip_of.is_none() && other.widget == Widget::Notes)
            .map(|other| other.key.as_str())
            .collect();
        if !others.contains(&target.as_str()) {
            let is = match sheet.sections.iter().find(|other| other.key == *target) {
                Some(other) if other.key == section.key => "is itself",
                Some(other) if other.strip_of.is_some() => "is a strip too",
                Some(_) => "has no lines",
                None => "is not on this sheet",
            };
            let what = format!("\"{}\" is a strip of \"{target}\", which {is}", section.key);
            let instead = match others[..] {
                [] => "no `strip_of`: a strip belongs to a section that is none".to_owned(),
                _ => format!("one of {}", listed(&others)),
            };
            self.fault(place.key("strip_of"), what, instead);
        }
    }

    fn scale(&mut self, scale: &Scale, framework: &Framework, place: &Place) {
        let higher = match scale.about.as_str() {
            "safety" => "safer",
            "worry" => "more worried",
            other => {
                let what = format!("the scale is about \"{other}\"");
                self.fault(place.key("about"), what, "\"safety\" or \"worry\"");
                scale.higher_is.as_str()
            }
        };
        if scale.higher_is != higher {
            let what =
                format!("on a scale about {}, a higher number means \"{}\"", scale.about, scale.higher_is);
            self.fault(place.key("higher_is"), what, format!("\"{higher}\""));
        }
        if scale.min >= scale.max {
            let what = format!("the scale goes from {} to {}", scale.min, scale.max);
            self.fault(place.key("min"), what, "a `min` below `max`");
        } else if (scale.min, scale.max) != (0, 10) {
            let what = format!("the scale goes from {} to {}", scale.min, scale.max);
            self.fault(place.key("min"), what, "0 and 10: a note says a number from 0 to 10");
        }
        self.words(&scale.low_words, limits::WORDS_BYTES, place.key("low_words"));
        self.words(&scale.high_words, limits::WORDS_BYTES, place.key("high_words"));
        let keys: Vec<&str> = framework.phases.iter().map(|phase| phase.key.as_str()).collect();
        if !keys.contains(&scale.phase.as_str()) {
            let what = format!("the scale belongs to \"{}\", and there is no such phase", scale.phase);
            self.fault(place.key("phase"), what, format!("one of {}", listed(&keys)));
        }
        if scale.who.is_empty() {
            self.fault(place.key("who"), "nobody scales", "roles, or take the whole [scale] out");
        }
        self.unique_by(&scale.who, "the role", place.key("who"));
        if let Some(role) = scale.who.iter().find(|role| !role.offers()) {
            let what = format!("the role \"{}\" would scale", word(role));
            self.fault(place.key("who"), what, "roles of professionals or family");
        }
        self.words(&scale.question, limits::WORDS_BYTES, place.key("question"));
        if !scale.question.trim().is_empty() && !scale.question.contains("{child}") {
            let what = "the question names no child, and there is one round for each";
            self.fault(place.key("question"), what, "your words with {child} where the name stands");
        }
        if let Some(then) = &scale.then {
            self.words(&then.replace("{middle}", "5"), limits::WORDS_BYTES, place.key("then"));
        }
        let Some(key) = &scale.then_section else { return };
        if scale.then.is_none() {
            self.fault(
                place.key("then_section"),
                "nothing is asked, and answers have a section",
                "`then` too",
            );
        }
        let notes = |(_, _, one): &(usize, usize, &Section)| one.widget == Widget::Notes;
        let keys: Vec<&str> = sections(framework).filter(notes).map(|(_, _, one)| one.key.as_str()).collect();
        if !keys.contains(&key.as_str()) {
            let what = format!("answers go to \"{key}\", and no section with lines has that key");
            self.fault(place.key("then_section"), what, format!("one of {}", listed(&keys)));
        }
    }

    fn plan(&mut self, plan: &Plan, place: &Place) {
        self.label(&plan.label, place.key("label"));
        let columns = place.key("columns");
        match plan.columns.first() {
            None => self.fault(columns.clone(), "the plan has no column", "at least one that holds words"),
            Some(first) if first.holds != Holds::Words => {
                let what = format!("the first column, \"{}\", holds no words", first.label);
                self.fault(
                    columns.at(0).key("holds"),
                    what,
                    "a column with words first: it is the head of a row",
                );
            }
            Some(_) => {}
        }
        self.unique_keys(plan.columns.iter().map(|column| column.key.as_str()), "column", |n| {
            columns.at(n).key("key")
        });
        self.unique_labels(plan.columns.iter().map(|column| column.label.as_str()), "column", |n| {
            columns.at(n).key("label")
        });
        for (holds, name) in [(Holds::Who, "who"), (Holds::When, "when")] {
            let mut twice = (0..plan.columns.len()).filter(|n| plan.columns[*n].holds == holds).skip(1);
            if let Some(n) = twice.next() {
                let what = format!("a second column holds \"{name}\", and a row has one");
                self.fault(columns.at(n).key("holds"), what, "`holds = \"words\"`");
            }
        }
        let fields = place.key("fields");
        self.unique_keys(plan.fields.iter().map(|field| field.key.as_str()), "field", |n| {
            fields.at(n).key("key")
        });
        self.unique_labels(plan.fields.iter().map(|field| field.label.as_str()), "field", |n| {
            fields.at(n).key("label")
        });
    }

    fn decision(&mut self, decision: &Decision, place: &Place) {
        if decision.outcomes.is_empty() {
            self.fault(
                place.key("outcomes"),
                "there is no outcome",
                "what the chair can decide, in your words",
            );
        }
        let (outcomes, categories) = (place.key("outcomes"), place.key("categories"));
        self.unique_labels(decision.outcomes.iter().map(String::as_str), "outcome", |n| outcomes.at(n));
        self.unique_labels(decision.categories.iter().map(String::as_str), "category", |n| categories.at(n));
    }

    /// Dates, papers and words to avoid.
    fn ends(&mut self, framework: &Framework, top: &Place) {
        let list = top.key("deadlines");
        self.unique_keys(framework.deadlines.iter().map(|one| one.key.as_str()), "deadline", |n| {
            list.at(n).key("key")
        });
        for (n, deadline) in framework.deadlines.iter().enumerate() {
            match DEADLINES.iter().find(|(key, _)| *key == deadline.key) {
                None => {
                    let what = format!("the deadline \"{}\" is unknown", deadline.key);
                    let known: Vec<&str> = DEADLINES.iter().map(|(key, _)| *key).collect();
                    self.fault(list.at(n).key("key"), what, format!("one of {}", listed(&known)));
                }
                Some((key, true)) if deadline.count >= 0 => {
                    let what = format!("\"{key}\" lies before the conference and counts {}", deadline.count);
                    self.fault(list.at(n).key("count"), what, "a number below 0");
                }
                Some((key, false)) if deadline.count <= 0 => {
                    let what = format!("\"{key}\" lies after the conference and counts {}", deadline.count);
                    self.fault(list.at(n).key("count"), what, "a number above 0");
                }
                Some(_) => {}
            }
        }
        let papers = top.key("papers");
        self.unique_keys(framework.papers.iter().map(|paper| paper.key.as_str()), "paper", |n| {
            papers.at(n).key("key")
        });
        self.unique_labels(framework.papers.iter().map(|paper| paper.name.as_str()), "paper", |n| {
            papers.at(n).key("name")
        });
        let avoid = top.key("avoid");
        self.unique_labels(framework.avoid.iter().map(String::as_str), "word to avoid", |n| avoid.at(n));
    }

    fn key(&mut self, key: &str, place: Place) {
        let right = key.len() <= 40
            && key.starts_with(|first: char| first.is_ascii_lowercase())
            && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !right {
            let what = format!("the key \"{key}\" is not a plain word");
            self.fault(place, what, "up to 40 small letters a–z, digits and hyphens, a letter first");
        }
    }

    fn label(&mut self, text: &str, place: Place) {
        self.words(text, limits::NAME_BYTES, place);
    }

    fn words(&mut self, text: &str, most: usize, place: Place) {
        if text.trim().is_empty() {
            self.fault(place, "the text is empty", "your words, or take the entry out");
        } else if text.trim() != text || text.contains(char::is_control) {
            let what = format!("\"{}\" begins or ends with a space, or holds a line break", text.trim());
            self.fault(place, what, "the words alone, on one line");
        } else if text.len() > most {
            let what = format!("the text has {} bytes, more than {most}", text.len());
            self.fault(place, what, "a shorter text");
        } else if text.replace("{child}", "").contains(['{', '}']) {
            self.fault(
                place,
                format!("\"{text}\" holds curly brackets"),
                "`{child}` for the child's name, or none",
            );
        }
    }

    fn unique_keys<'a>(
        &mut self,
        keys: impl Iterator<Item = &'a str>,
        noun: &str,
        place: impl Fn(usize) -> Place,
    ) {
        let mut seen = BTreeSet::new();
        for (n, key) in keys.enumerate() {
            self.key(key, place(n));
            if !seen.insert(key) {
                self.fault(place(n), format!("a second {noun} has the key \"{key}\""), "another key");
            }
        }
    }

    fn unique_labels<'a>(
        &mut self,
        labels: impl Iterator<Item = &'a str>,
        noun: &str,
        place: impl Fn(usize) -> Place,
    ) {
        let mut seen = BTreeSet::new();
        for (n, label) in labels.enumerate() {
            self.label(label, place(n));
            if !seen.insert(label.to_lowercase()) {
                let what = format!("a second {noun} is called \"{label}\"");
                self.fault(place(n), what, "words of its own, so that people can tell them apart");
            }
        }
    }

    fn unique_by<T: serde::Serialize + PartialEq>(&mut self, list: &[T], noun: &str, place: Place) {
        for (n, item) in list.iter().enumerate() {
            if list[..n].contains(item) {
                self.fault(place.at(n), format!("{noun} \"{}\" stands here twice", word(item)), "it once");
            }
        }
    }
}

/// Every section with the place of its sheet and its own in the sheet.
fn sections(framework: &Framework) -> impl Iterator<Item = (usize, usize, &Section)> {
    (framework.sheets.iter().enumerate())
        .flat_map(|(sheet, one)| one.sections.iter().enumerate().map(move |(n, section)| (sheet, n, section)))
}

/// The word a file uses for a small value.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}
