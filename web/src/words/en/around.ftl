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
