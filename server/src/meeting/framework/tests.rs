use super::*;
use protocol::{framework::Unit, people::Role};

/// A right file, as small as can be. The tests break it at one place each.
const SMALL: &str = r#"key = "small"
name = "Small"
about = "A model of two phases"
version = 1
avoid = ["engage"]
threshold = "Is {child} likely to be seriously hurt?"

[[phases]]
key = "start"
label = "Start"
convenes = true
asks = [{ of = ["parent"], text = "Say your name." }, { text = "Please listen." }]

[[phases]]
key = "map"
label = "Map"
section = "worries"
prompts = [{ to = "All", text = "What are you worried about?" }]
offers = ["note"]

[[sheets]]
key = "paper"

[[sheets.sections]]
key = "worries"
label = "Worries"
mark = "worry"
widget = "notes"

[[sheets.sections]]
key = "strip"
label = "Statements"
mark = "worry"
widget = "notes"
strip_of = "worries"

[scale]
about = "safety"
min = 0
max = 10
higher_is = "safer"
low_words = "not safe"
high_words = "safe"
phase = "map"
who = ["social-worker"]
question = "How safe is {child}?"

[plan]
label = "Plan"
columns = [
  { key = "task", label = "Task", holds = "words" },
  { key = "who", label = "Who", holds = "who" },
]
fields = []

[decision]
outcomes = ["plan"]
categories = []
views_from = "agency"
rationale = true

[[deadlines]]
key = "core-group"
count = 10
unit = "working-days"

[[papers]]
key = "plan"
name = "The plan"
"#;

/// The error of [`SMALL`] with `right` replaced, once, by `wrong`.
fn error(right: &str, wrong: &str) -> String {
    assert!(SMALL.contains(right), "{right}");
    parse("small.toml", &SMALL.replacen(right, wrong, 1)).expect_err(wrong).to_string()
}

#[test]
fn f45_a_small_framework_loads_whole() {
    let framework = parse("small.toml", SMALL).unwrap();
    assert_eq!(framework.phases[0].asks[1].of, []);
    assert_eq!(framework.deadlines[0].unit, Unit::WorkingDays);
    assert_eq!(framework.scale.unwrap().who, [Role::SocialWorker]);
}

#[test]
fn f45_a_framework_without_a_scale_loads() {
    let (before, scale) = SMALL.split_once("[scale]").unwrap();
    let text = format!("{before}{}", &scale[scale.find("[plan]").unwrap()..]);
    assert_eq!(parse("small.toml", &text).unwrap().scale, None);
}

#[test]
fn f45_a_wrong_form_is_refused_with_its_line_and_what_to_write() {
    let cases = [
        (
            "name = \"Small\"",
            "nam = \"Small\"",
            "small.toml:2: the key `nam` is unknown here. Instead: take it out, or write one of `key`, `name`, `about`, \
             `version`, `phases`, `sheets`, `scale`, `plan`, `decision`, `deadlines`, `papers`, `avoid`, `threshold`.",
        ),
        (
            "label = \"Map\"\n",
            "",
            "small.toml:14: the key `label` is missing here. Instead: add a line `label = …`.",
        ),
        (
            "avoid = [\"engage\"]\n",
            "",
            "small.toml:1: the key `avoid` is missing here. Instead: add a line `avoid = …`.",
        ),
        (
            "name = \"Small\"",
            "key = \"small\"",
            "small.toml:2: duplicate key. Instead: correct the TOML of this line.",
        ),
        (
            "offers = [\"note\"]",
            "offers = [\"vote\"]",
            "small.toml:19: the word \"vote\" is unknown here. Instead: write `note` or `row`.",
        ),
        (
            "version = 1",
            "version = \"1\"",
            "small.toml:4: invalid type: string \"1\". Instead: write u32, as docs/frameworks.md says for this key.",
        ),
        (
            "max = 10",
            "max = 300",
            "small.toml:40: invalid value: integer `300`. Instead: write u8, as docs/frameworks.md says for this key.",
        ),
    ];
    for (right, wrong, expected) in cases {
        assert_eq!(error(right, wrong), expected);
    }
    let unclosed = error("\"Small\"", "\"Small");
    assert!(unclosed.starts_with("small.toml:2: "), "{unclosed}");
}

#[test]
fn f45_a_wrong_meaning_is_refused_with_its_line_and_what_to_write() {
    let cases = [
        (
            "key = \"small\"",
            "key = \"Small\"",
            "small.toml:1: the key \"Small\" is not a plain word. Instead: up to 40 small letters a–z, digits and \
             hyphens, a letter first.\n\
             small.toml:1: the key is \"Small\" and the file is called small.toml. Instead: the name of the file \
             without .toml.",
        ),
        (
            "key = \"small\"",
            "key = \"other\"",
            "small.toml:1: the key is \"other\" and the file is called small.toml. Instead: the name of the file \
             without .toml.",
        ),
        (
            "key = \"map\"",
            "key = \"start\"",
            "small.toml:15: a second phase has the key \"start\". Instead: another key.\n\
             small.toml:44: the scale belongs to \"map\", and there is no such phase. Instead: one of \"start\", \
             \"start\".",
        ),
        (
            "label = \"Map\"",
            "label = \"start\"",
            "small.toml:16: a second phase is called \"start\". Instead: words of its own, so that people can tell \
             them apart.",
        ),
        (
            "section = \"worries\"",
            "section = \"worrys\"",
            "small.toml:17: the phase turns the walls to \"worrys\", and there is no such section. Instead: one of \
             \"worries\", \"strip\", or \"plan\" for the plan.",
        ),
        (
            "text = \"What are you worried about?\"",
            "text = \" \"",
            "small.toml:18: the text is empty. Instead: your words, or take the entry out.",
        ),
        (
            "to = \"All\"",
            "to = \"All \"",
            "small.toml:18: \"All\" begins or ends with a space, or holds a line break. Instead: the words alone, on \
             one line.",
        ),
        (
            "Is {child} likely",
            "Is {name} likely",
            "small.toml:6: \"Is {name} likely to be seriously hurt?\" holds curly brackets. Instead: `{child}` for \
             the child's name, or none.",
        ),
        (
            "convenes = true\n",
            "",
            "small.toml:8: no phase convenes the conference. Instead: `convenes = true` in the one phase that starts \
             with the act of convening.",
        ),
        (
            "offers = [\"note\"]",
            "convenes = true",
            "small.toml:19: two phases convene the conference, \"start\" and \"map\". Instead: `convenes = true` in \
             the one phase that starts with the act of convening.",
        ),
        (
            "of = [\"parent\"], ",
            "",
            "small.toml:12: what follows this ask is never shown: without `of` it is for everybody. Instead: roles \
             in `of`, or put it last.",
        ),
        (
            "of = [\"parent\"]",
            "of = [\"parent\", \"parent\"]",
            "small.toml:12: the role \"parent\" is asked twice in this phase. Instead: each role once: the first \
             sentence counts.",
        ),
        (
            "offers = [\"note\"]",
            "plan_writers = [\"observer\"]",
            "small.toml:19: the role \"observer\" would write in the plan and never holds a pen. Instead: roles of \
             family or professionals, or none.",
        ),
        (
            "offers = [\"note\"]",
            "offers = [\"note\", \"note\"]",
            "small.toml:19: the offer \"note\" stands here twice. Instead: it once.",
        ),
        (
            "key = \"strip\"",
            "key = \"join\"",
            "small.toml:31: \"join\" is the walls' page with the code. Instead: another key.",
        ),
        (
            "label = \"Statements\"",
            "label = \"Worries\"",
            "small.toml:32: a second section is called \"Worries\". Instead: words of its own, so that people can \
             tell them apart.",
        ),
        (
            "strip_of = \"worries\"",
            "strip_of = \"worry\"",
            "small.toml:35: \"strip\" is a strip of \"worry\", which is not on this sheet. Instead: one of \
             \"worries\".",
        ),
        (
            "strip_of = \"worries\"",
            "strip_of = \"strip\"",
            "small.toml:35: \"strip\" is a strip of \"strip\", which is itself. Instead: one of \"worries\".",
        ),
        (
            "widget = \"notes\"\nstrip_of",
            "widget = \"genogram\"\nstrip_of",
            "small.toml:34: `per_child`, `statement` and `strip_of` are for sections with lines. Instead: `widget = \
             \"notes\"`, or take those keys out.",
        ),
        (
            "widget = \"notes\"\nstrip_of = \"worries\"",
            "widget = \"plan\"",
            "small.toml:31: the key \"plan\" and the widget \"plan\" belong to the same section. Instead: both, or \
             neither.\n\
             small.toml:32: the plan is called \"Statements\" here and \"Plan\" under [plan]. Instead: the same words \
             in both places.",
        ),
        (
            "max = 10",
            "max = 5",
            "small.toml:39: the scale goes from 0 to 5. Instead: 0 and 10: a note says a number from 0 to 10.",
        ),
        (
            "How safe is {child}?",
            "How safe is it?",
            "small.toml:46: the question names no child, and there is one round for each. Instead: your words with \
             {child} where the name stands.",
        ),
        (
            "question = \"How safe is {child}?\"\n",
            "",
            "small.toml:37: the text is empty. Instead: your words, or take the entry out.",
        ),
        ("min = 0", "min = 10", "small.toml:39: the scale goes from 10 to 10. Instead: a `min` below `max`."),
        (
            "higher_is = \"safer\"",
            "higher_is = \"more worried\"",
            "small.toml:41: on a scale about safety, a higher number means \"more worried\". Instead: \"safer\".",
        ),
        (
            "about = \"safety\"",
            "about = \"risk\"",
            "small.toml:38: the scale is about \"risk\". Instead: \"safety\" or \"worry\".",
        ),
        (
            "phase = \"map\"",
            "phase = \"decide\"",
            "small.toml:44: the scale belongs to \"decide\", and there is no such phase. Instead: one of \"start\", \
             \"map\".",
        ),
        (
            "who = [\"social-worker\"]",
            "who = [\"interpreter\"]",
            "small.toml:45: the role \"interpreter\" would scale. Instead: roles of professionals or family.",
        ),
        (
            "question = \"How safe is {child}?\"",
            "question = \"How safe is {child}?\"\nthen_section = \"plan\"",
            "small.toml:47: nothing is asked, and answers have a section. Instead: `then` too.\n\
             small.toml:47: answers go to \"plan\", and no section with lines has that key. Instead: one of \
             \"worries\", \"strip\".",
        ),
        (
            "holds = \"words\"",
            "holds = \"when\"",
            "small.toml:51: the first column, \"Task\", holds no words. Instead: a column with words first: it is the \
             head of a row.",
        ),
        (
            "fields = []",
            "fields = [{ key = \"if\", label = \"\" }]",
            "small.toml:54: the text is empty. Instead: your words, or take the entry out.",
        ),
        (
            "outcomes = [\"plan\"]",
            "outcomes = []",
            "small.toml:57: there is no outcome. Instead: what the chair can decide, in your words.",
        ),
        (
            "count = 10",
            "count = -10",
            "small.toml:64: \"core-group\" lies after the conference and counts -10. Instead: a number above 0.",
        ),
        (
            "key = \"core-group\"",
            "key = \"core\"",
            "small.toml:63: the deadline \"core\" is unknown. Instead: one of \"reading\", \"report-parents-initial\", \
             \"report-parents-review\", \"report-chair\", \"summary\", \"letter\", \"core-group\", \
             \"child-in-need\", \"review\", \"review-next\".",
        ),
        (
            "version = 1",
            "version = 0",
            "small.toml:4: the version is 0. Instead: 1, and one more at each change of \
             the words.",
        ),
    ];
    for (right, wrong, expected) in cases {
        assert_eq!(error(right, wrong), expected, "\n{right} → {wrong}");
    }
}

#[test]
fn f45_strips_of_strips_are_refused() {
    let wrong = "label = \"Worries\"\nstrip_of = \"strip\"";
    assert_eq!(
        error("label = \"Worries\"", wrong),
        "small.toml:27: \"worries\" is a strip of \"strip\", which is a strip too. Instead: no `strip_of`: a strip belongs to a section that is none.\n\
         small.toml:36: \"strip\" is a strip of \"worries\", which is a strip too. Instead: no `strip_of`: a strip belongs to a section that is none."
    );
}

#[test]
fn f45_all_wrong_meanings_of_a_file_are_told_at_once() {
    let text = SMALL.replace("min = 0", "min = 11").replace("\"Say your name.\"", "\"\"");
    assert_eq!(parse("small.toml", &text).unwrap_err().faults.len(), 2);
}

#[test]
fn f45_a_council_adds_its_own_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.toml"), SMALL).unwrap();
    std::fs::write(folder.path().join("README.md"), "about these files").unwrap();
    let mut frameworks = Frameworks::shipped();
    frameworks.load_dir(folder.path()).unwrap();
    assert_eq!(frameworks.get("small").unwrap().name, "Small");
    let names: Vec<_> = frameworks.summaries().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["LBH LSCB", "Small"]);
}

#[test]
fn f45_a_wrong_folder_adds_nothing_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut frameworks = Frameworks::shipped();
    let empty = frameworks.load_dir(folder.path()).unwrap_err().to_string();
    assert!(empty.contains("there is no .toml file in this folder. Instead: put"), "{empty}");
    let absent = frameworks.load_dir(&folder.path().join("absent")).unwrap_err().to_string();
    assert!(absent.contains("absent: it cannot be read: "), "{absent}");

    std::fs::write(folder.path().join("small.toml"), SMALL).unwrap();
    std::fs::write(folder.path().join("lbh.toml"), SHIPPED[0].1).unwrap();
    std::fs::write(folder.path().join("third.toml"), b"key = \"\xff\"").unwrap();
    let wrong = frameworks.load_dir(folder.path()).unwrap_err().to_string();
    assert!(wrong.starts_with(
        "lbh.toml:1: another framework has the key \"lbh\" already. Instead: another name for this file, and the \
         same word as its key.\n"
    ));
    assert!(wrong.contains("third.toml: it cannot be read: "), "{wrong}");
    assert_eq!(frameworks.get("small"), None);
}

#[test]
fn f45_a_file_too_large_for_every_screen_is_refused() {
    let text = format!("{SMALL}#{}", " ".repeat(FILE_BYTES));
    let error = parse("small.toml", &text).unwrap_err().to_string();
    assert!(error.starts_with("small.toml: the file has "), "{error}");
}

#[test]
fn f45_the_example_for_councils_loads_and_its_error_is_the_real_one() {
    let guide = include_str!("../../../../docs/frameworks.md");
    let (_, rest) = guide.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    parse("riverside.toml", example).unwrap();
    let wrong = example.replacen("section = \"worries\"", "section = \"worrys\"", 1);
    let error = parse("riverside.toml", &wrong).unwrap_err().to_string();
    assert!(guide.contains(&format!("\n{error}\n")), "{error}");
    for role in Role::EVERY.into_iter().filter(|role| *role != Role::Wall) {
        let word = serde_json::to_string(&role).unwrap().replace('"', "`");
        assert!(guide.contains(&word), "{word}");
    }
}
