# What is looked at beside the chair’s sheet.
meet-sections = Sheets
meet-agenda = The agenda
meet-agenda-at = { $n } of { $count }
plan-my-part-print = Print my part
meet-lines = { $count ->
    [0] nothing yet
    [one] 1 line
   *[other] { $count } lines
}
meet-rows = { $count ->
    [0] nothing yet
    [one] 1 row
   *[other] { $count } rows
}
plan-my-part = My part
plan-my-part-none = Nothing in the plan is yours so far.
plan-my-part-before = Before: { $what }
plan-my-part-next = Next: { $what }
plan-my-part-talk = I want to talk about it
plan-my-part-only-chair = Only the chair sees it. You can also leave it open.
plan-my-part-said = The chair knows. Press it again to take it back.
plan-my-part-do = I do this
meet-own-name = Correct my name
meet-own-name-title = Your name
meet-own-name-lead = It changes at once in the list of people and in the plan. Where it stands in sentences, the chair puts it right.
meet-own-name-label = As you wish to be called
meet-own-name-keep = Keep it like this
meet-called = The chair asks you to speak now.
meet-reword-head = May your words read like this?
meet-reword-now = They read now:
meet-reword-new = They would read:
meet-reword-yes = Yes, that is right
meet-reword-no = No, leave my words
meet-check-head = Does everyone agree?
meet-check-agree = I agree
meet-check-unsure = I am not sure
meet-check-differ = I see it differently
meet-check-more = Anything else?
meet-check-send = Tell the chair
meet-check-lead = Only the chair’s desk sees your answer, with your name. Nobody counts it on a screen.
meet-check-sent = The chair’s desk has: { $answer }. You can change it while the question is open.
