//! The built-in LBH framework against the words of its guide.

use super::*;
use protocol::{
    framework::{Mark, OfferKind},
    people::Role,
};

fn lbh() -> Arc<Framework> {
    Frameworks::shipped().get("lbh").unwrap().clone()
}

#[test]
fn f45_lbh_holds_the_words_and_the_order_of_its_guide() {
    let lbh = lbh();
    let phases: Vec<_> = lbh.phases.iter().map(|phase| phase.label.as_str()).collect();
    assert_eq!(
        phases,
        [
            "Reading time",
            "Convene",
            "Social worker",
            "Others",
            "Mapping",
            "Danger statements",
            "What you need to see",
            "The Plan",
            "Decision Making",
            "Closing",
            "Further meetings",
            "Feedback and Evaluation",
        ]
    );
    let columns: Vec<_> = lbh.plan.columns.iter().map(|column| column.label.as_str()).collect();
    assert_eq!(
        columns,
        ["Outcome statement", "Task", "Who", "By when", "Contribution of the agency", "Measure"]
    );
    assert_eq!(lbh.plan.label, "The Plan");
    assert_eq!(lbh.decision.outcomes, ["Child Protection Plan", "Children In Need plan"]);
    assert_eq!(lbh.decision.categories, ["physical abuse", "sexual abuse", "emotional abuse", "neglect"]);
}

#[test]
fn f65_lbh_has_four_sections_with_verbatim_labels_and_two_strips() {
    let lbh = lbh();
    assert_eq!(lbh.sheets.len(), 1);
    let (strips, sections): (Vec<_>, Vec<_>) =
        lbh.sheets[0].sections.iter().partition(|section| section.strip_of.is_some());
    let sections: Vec<_> = sections.iter().map(|section| (section.label.as_str(), section.mark)).collect();
    assert_eq!(
        sections,
        [
            ("What are we Worried About", Mark::Worry),
            ("What's Working Well", Mark::Well),
            ("What are the views of the child", Mark::Voice),
            ("What Needs to Happen", Mark::Next),
        ]
    );
    let strips: Vec<_> = (strips.iter())
        .map(|strip| (strip.label.as_str(), strip.strip_of.as_deref().unwrap_or_default(), strip.statement))
        .collect();
    assert_eq!(strips, [("Danger Statements", "worried", true), ("What you need to see", "next", false)]);
}

#[test]
fn f53_the_chairs_questions_are_word_for_word() {
    let lbh = lbh();
    let verbatim: Vec<_> = (lbh.phases.iter())
        .flat_map(|phase| phase.prompts.iter().map(move |prompt| (phase.key.as_str(), prompt)))
        .filter(|(_, prompt)| !prompt.proposed)
        .map(|(phase, prompt)| (phase, prompt.to.as_str(), prompt.text.as_str()))
        .collect();
    assert_eq!(
        verbatim,
        [
            (
                "reading-time",
                "All professionals",
                "Please do not talk about the family during this reading time."
            ),
            (
                "danger-statements",
                "All",
                "What are you worried will happen to this child/children if nothing changes?"
            ),
            ("need-to-see", "Social worker", "Tell me what you need to see to be willing to close the case"),
        ]
    );
    let evidence = "the evidence on which the opinion or generalisation is based";
    let asked = |phase: &&protocol::framework::Phase| {
        phase.prompts.iter().any(|prompt| prompt.text.contains(evidence))
    };
    assert_eq!(lbh.phases.iter().filter(asked).count(), 3);
}

#[test]
fn f36_every_phase_of_lbh_asks_each_role_one_sentence() {
    for phase in &lbh().phases {
        for role in Role::EVERY.into_iter().filter(|role| !role.leads() && *role != Role::Wall) {
            let asks = phase.asks.iter().filter(|ask| ask.of.contains(&role)).count();
            assert_eq!(asks, 1, "{role:?} in {}", phase.key);
        }
        for ask in &phase.asks {
            assert!(ask.text.ends_with('.') && !ask.text.contains(". "), "one sentence: {}", ask.text);
        }
    }
}

#[test]
fn f14_nothing_is_offered_in_reading_time_and_f112_rows_are_offered_for_the_plan() {
    let lbh = lbh();
    let offering = |kind| -> Vec<_> {
        (lbh.phases.iter())
            .filter(|phase| phase.offers.contains(&kind))
            .map(|phase| phase.key.as_str())
            .collect()
    };
    assert_eq!(offering(OfferKind::Row), ["need-to-see", "the-plan"]);
    assert!(!offering(OfferKind::Note).contains(&"reading-time"));
    assert!(offering(OfferKind::Note).contains(&"mapping"));
    assert!(lbh.phases.iter().all(|phase| phase.plan_writers.is_empty()));
}

#[test]
fn f48_convene_is_the_act_that_starts_lbh() {
    let lbh = lbh();
    let convening: Vec<_> =
        lbh.phases.iter().filter(|phase| phase.convenes).map(|phase| &phase.key).collect();
    assert_eq!(convening, ["convene"]);
}

#[test]
fn p12_p23_lbh_has_the_threshold_in_plain_words_and_asks_for_a_contingency() {
    let lbh = lbh();
    assert!(lbh.threshold.starts_with("The question for each child is: has {child} been seriously hurt"));
    assert!(lbh.threshold.ends_with("The chair listens to everyone and then decides."));
    assert!(lbh.plan.fields.iter().any(|field| field.key == "contingency" && field.required));
}
