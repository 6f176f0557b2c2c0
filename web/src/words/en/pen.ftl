# Lines, quotes and rows as they are written.
board-label-none = Label
board-writing-hint = You are writing. Enter keeps the line; label and source can follow.
board-line = Line { $n }
board-line-in = Line { $n } of { $section }
board-label-of = Label of line { $n } of { $section }
board-source-of = Source of line { $n }
board-source-in = Source of line { $n } of { $section }
board-source-hint = who says so
board-source-how = How they know, line { $n } of { $section }
board-reword = Change with their yes
board-reword-waits = Their author is asked: “{ $words }”
board-agreed-room = changed with their yes, said in the room
board-agreed-device = changed with their yes
board-more-for = More for line { $n } of { $section }
board-hold = Hold
board-hold-long = Hold this line on the desk
board-move-up = Move up
board-move-down = Move down
board-move-to = Move to another section
board-strike = Strike through
board-unstrike = Take the line through it away
board-quote = Make it a quote
board-take-off = Take off
board-moved = Moved to { $n } of { $count }
board-children = About which child
board-close = Close
board-move-title = Move the line to
board-quote-title = Somebody’s own words
board-quote-lead = Write exactly what was said. Read it back before you lock it.
board-quote-words = The words
board-quote-now = Somebody else has written in this line. It reads now: { $words }
board-quote-speaker = Who said it, in words everybody may read
board-quote-speaker-hint = the social worker
board-quote-save = Put it on the sheet
board-quote-change = Change the words
board-quote-keep = Keep these words
board-read-back = It has been read back
board-read-back-done = Read back
board-take-off-title = Take this off?
board-take-off-gone = The words go at once from every screen and the wall, and are destroyed.
board-take-off-unsent = What has been seen cannot be un-sent. These people had it in front of them:
board-take-off-asking = Looking who had it in front of them…
board-take-off-desk-knows = What has been seen cannot be un-sent. The chair’s desk can see who had it in front of them.
board-take-off-alone = It comes off here only if you alone wrote it. If others have words in it too, ask the chair.
board-take-off-nobody = Nobody else had it in front of them.
board-take-off-struck = To change your mind, strike it through instead.
board-take-off-yes = Take it off
board-take-off-no = Leave it
board-walls-too = { $count ->
    [one] and everybody who sees the wall
   *[other] and everybody who sees the { $count } walls
}
board-worry-asks = What is it like for { $names }?
plan-cell = { $column }, row { $n }
plan-who-of = { $column }, row { $n }: add somebody
plan-who-add = Add somebody
plan-who-words = Somebody who is not here
plan-who-remove = Take { $name } away from row { $n }
plan-when-date = { $column }, row { $n }: date
plan-when-words = { $column }, row { $n }: in words
plan-when-words-hint = or in words
plan-query-all = Who exactly? Only you see this question.
plan-query-when = Until when, or how often? Only you see this question.
plan-more = More for row { $n }
plan-move-up = Move up
plan-move-down = Move down
plan-strike = Strike through
plan-unstrike = Take the line through it away
plan-take-off = Take off
plan-take-off-field = Take off the words of { $field }
plan-moved = Row moved to { $n } of { $count }
plan-field-for = { $audience ->
    [professionals] Only the professionals and the chair’s desk see this
    [family] Only the family, their supporters and the chair’s desk see this
    [chair] Only the chair and the co-chair see this
   *[part] Not everybody sees this
}
