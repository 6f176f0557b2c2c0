//! The five authorities scale in five ways, or not at all; a file can say each of them (F96, F97, F100, F101).

use super::parse;
use protocol::framework::Scale;

const WORRY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/frameworks/worry.toml"));
const PLAIN: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/frameworks/plain.toml"));

/// An authority's phases, and what stands under `[scale]`.
fn scale_of(phases: &[&str], scale: Option<&str>) -> Option<Scale> {
    let (head, rest) = PLAIN.split_once("[[phases]]").expect("it has phases");
    let rest = &rest[rest.find("[[sheets]]").expect("it has sheets")..];
    let phases: Vec<String> = (phases.iter().enumerate())
        .map(|(n, label)| {
            let convenes = if n == 0 { "convenes = true\n" } else { "" };
            format!("[[phases]]\nkey = \"p{n}\"\nlabel = \"{label}\"\n{convenes}")
        })
        .collect();
    let scale =
        scale.map(|scale| format!("\n[scale]\nmin = 0\nmax = 10\nwho = [\"social-worker\"]\n{scale}\n"));
    let text = format!("{head}{}{rest}{}", phases.join("\n"), scale.unwrap_or_default());
    parse("plain.toml", &text).unwrap_or_else(|error| panic!("{error}")).scale
}

#[test]
fn f96_f101_bexley_scales_safety_after_the_risk_statement_and_before_the_plan() {
    let phases = ["Family time", "Information", "Mapping", "Risk statement", "Plan", "Decision"];
    let text = "about = \"safety\"\nhigher_is = \"safer\"\nlow_words = \"not safe\"\nhigh_words = \"safe enough to close\"\n\
                phase = \"p3\"\nquestion = \"How safe is {child}?\"";
    let scale = scale_of(&phases, Some(text)).expect("it scales");
    assert_eq!((scale.about.as_str(), scale.phase.as_str(), scale.then), ("safety", "p3", None));
}

#[test]
fn f96_f101_lbh_scales_safety_in_decision_making() {
    let lbh = parse("lbh.toml", super::SHIPPED[0].1).expect("it is shipped");
    let scale = lbh.scale.expect("it scales");
    assert_eq!((scale.about.as_str(), scale.higher_is.as_str()), ("safety", "safer"));
    let phase = lbh.phases.iter().find(|phase| phase.key == scale.phase).expect("its phase");
    assert_eq!(phase.label, "Decision Making");
}

#[test]
fn f97_f99_halton_scales_worry_in_item_6_and_the_answers_go_to_the_protective_factors() {
    let halton = parse("worry.toml", WORRY).expect("a right file");
    let scale = halton.scale.expect("it scales");
    assert_eq!((scale.about.as_str(), scale.higher_is.as_str()), ("worry", "more worried"));
    assert_eq!(halton.phases.iter().position(|phase| phase.key == scale.phase), Some(5));
    assert!(scale.then.expect("a question follows").contains("{middle}"));
    let into = scale.then_section.expect("its answers have a place");
    let section = halton.sheets.iter().flat_map(|sheet| &sheet.sections).find(|one| one.key == into);
    assert_eq!(section.expect("that section").label, "What protective factors strengths are there?");
}

#[test]
fn f100_staffordshire_and_oxfordshire_do_not_scale() {
    let staffordshire = ["Welcome", "Pen picture", "Worries", "Positives", "Changes", "Decision and Actions"];
    let oxfordshire = ["Welcome", "The child", "Risks", "Strengths", "SMART plan", "Views and decision"];
    assert_eq!(scale_of(&staffordshire, None), None);
    assert_eq!(scale_of(&oxfordshire, None), None);
    assert!(!PLAIN.to_lowercase().contains("scale"), "the word is nowhere in the file");
}
