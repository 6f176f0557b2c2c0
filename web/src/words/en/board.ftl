# Sheets, lines and quotes, on the desk and for whoever holds a pen.
board-label-fact = Fact
board-label-observed = Observed
board-label-alleged = Alleged
board-label-opinion = Opinion
board-label-none = Label
board-about-some = About { $names }
board-your-words = your own words
board-your-words-read-back = your own words, read back to you
board-words-of = { $who }’s own words
board-words-of-read-back = { $who }’s own words, read back
board-own-words = own words, read back
board-offered-by = offered by { $who }
board-empty = Nothing is written here yet.
board-struck = struck through

board-write = Write a note
board-write-in = Write a note under { $section }
board-writing-hint = You are writing. Enter keeps the line; label and source can follow.
board-line = Line { $n }
board-line-in = Line { $n } of { $section }
board-label-of = Label of line { $n }
board-source-of = Source of line { $n }
board-source-hint = who says so
board-is-writing = { $who } is writing here
board-chair-is-writing = The chair is writing
board-more-for = More for line { $n }
board-not-saved = not saved yet
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
board-moved-to = Moved to { $section }
board-children = About which child
board-close = Close

board-move-title = Move the line to
board-quote-title = Somebody’s own words
board-quote-lead = Write exactly what was said. Read it back before you lock it.
board-quote-words = The words
board-quote-speaker = Who said it, in words everybody may read
board-quote-speaker-hint = the social worker
board-quote-save = Put it on the sheet
board-quote-change = Change the words
board-quote-keep = Keep these words
board-read-back = It has been read back
board-read-back-done = Read back
board-cancel = Cancel

board-take-off-title = Take this off?
board-take-off-gone = The words go at once from every screen and the wall, and are destroyed.
board-take-off-unsent = What has been seen cannot be un-sent. These people had it in front of them:
board-take-off-nobody = Nobody else had it in front of them.
board-take-off-struck = To change your mind, strike it through instead.
board-take-off-yes = Take it off
board-take-off-no = Leave it
board-walls-too = { $count ->
    [one] and everybody who sees the wall
   *[other] and everybody who sees the { $count } walls
}
board-somebody-is-writing = Somebody is writing here
board-worry-asks = What is it like for { $names }?
