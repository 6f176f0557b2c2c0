# The chair’s desk.
desk-title = Desk
desk-title-of = Desk · { $heading }
desk-heading-more = · { $title } · { $date }
desk-mirrored = Others can see this screen
desk-put-away = What is for you alone is put away.
desk-put-away-key =  brings it back.
desk-phases = Phases
desk-phase-done =  (done)
desk-next = Next: { $phase }
desk-back = Back
desk-back-to = Back to { $phase }
desk-convene = Convene the conference
desk-convened = Convened at { $time }
desk-convene-title = Convene the conference?
desk-convene-here = { $count ->
    [one] 1 person is here
   *[other] { $count } people are here
}
desk-convene-agencies = { $count ->
    [0] No agency is here
    [one] 1 agency is here
   *[other] { $count } agencies are here
}
desk-convene-few = { $count } agencies are usual. You decide whether to go on.
desk-convene-recording = It runs
desk-convene-no-recording = No recording is running
desk-convene-not-yet = Not yet
desk-pause = Pause the screens
desk-resume = Show the screens again
desk-undo = Undo my last
desk-undone = Taken back: { $what }
desk-undo-gone = What you wrote last cannot be taken back any more.
desk-undo-not = Your last act was “{ $what }”. It cannot be taken back here. Press again to undo what you wrote before it.
desk-did-accept = a note written up
desk-did-accept-row = a row written up
desk-did-quote = a line made a quote
desk-did-hold = a line held
desk-did-release = a held line shown
desk-did-read-back = read back
desk-did-take-off = taken off
desk-did-drop-held = a held line dropped
desk-did-decline = talk first
desk-did-requote = a quote changed
desk-did-reword = locked words changed
desk-side-quiet = Nothing new under “{ $section }” for { $minutes } minutes.
desk-side-key = the other side
desk-check = Does everyone agree?
desk-check-open = is asked on every screen
desk-check-none = No answer yet.
desk-check-ask = Ask it on every screen
desk-check-again = Ask it again
desk-check-stop = Ask no more
desk-check-agree = agrees
desk-check-unsure = is not sure
desk-check-differ = sees it differently
desk-park = A topic for later
desk-park-keep = Keep it for later
desk-park-done = Done
desk-open-parked = For later: { $words }
desk-open-reword = { $name } is asked about their words: { $words }
desk-places = Who sees where people sit
desk-reword-title = Change words that are locked
desk-reword-lead = These words belong to their author. They change only with their yes.
desk-reword-asked = { $name } is asked on their own device whether they may read:
desk-reword-no-more = Ask no more
desk-reword-words = How they should read
desk-reword-spelling = Only the spelling changes: put it right where it stands
desk-remote-offers = { $count ->
    [one] 1 offered note waits
   *[other] { $count } offered notes wait
}
desk-keys = Keys
desk-close = Close the conference
desk-more = More
desk-people = People
desk-sections = Sections of the sheet
desk-plan = The plan

desk-prompt-show = Show on the wall
desk-prompt-hide = Take off the wall
desk-prompts-more = { $count ->
    [one] 1 more question
   *[other] { $count } more questions
}
desk-prompt-ours = our words

desk-offers = Offered notes
desk-offers-count = { $count ->
    [one] 1 waiting, only you see it
   *[other] { $count } waiting, only you see them
}
desk-offer-own = { $name }, own words
desk-offer-for = { $name }, typed by { $by }
desk-offer-unnamed = name not shown
desk-offer-row = for the plan
desk-offer-change = about a row of the plan
desk-offer-write = Write it up
desk-offer-write-what = Write it up: { $name }’s
desk-offer-talk = Talk first
desk-offer-talk-what = Talk first: { $name }’s
desk-offer-where-what = Section for { $name }’s note
desk-offer-column-what = Column for { $name }’s words
desk-offer-cell = There now: { $words }
desk-offer-not = Not taken
desk-offer-not-what = Not taken: { $name }’s
desk-offer-type = Type for somebody
desk-offer-type-note = A note in somebody’s words
desk-offer-type-row = Something for the plan
desk-offer-off = Take off
desk-offer-off-what = Take off { $name }’s offered note

desk-held = Held on the desk
desk-held-lead = Nobody else sees these
desk-held-release = Show it
desk-held-release-what = Show it: { $words }
desk-held-drop = Drop
desk-held-drop-what = Drop: { $words }
desk-held-write = Write a line that waits
desk-held-words = A line for the desk alone
desk-held-keep = Keep it here

desk-wall = On the wall
desk-wall-live = { $inches }″ screen, live
desk-wall-paused = { $inches }″ screen, paused
desk-wall-none = no wall is linked
desk-wall-away = away since { $time }. Cover it by hand.
desk-wall-keeps = What was written while { $name } was out is not on the wall: they may sit in the room.
desk-wall-not-there = { $name } is not in the room
desk-wall-shows = The wall shows { $section }, page { $n } of { $count }
desk-wall-shows-paper = The wall shows plain paper
desk-wall-back = Wall: page back
desk-wall-on = Wall: page on
desk-wall-follow = Follow what I write
desk-wall-following = Following what you write
desk-wall-this = Show this sheet
desk-wall-join = Show the way in
desk-wall-pair = Link a wall
desk-wall-pair-title = Link a wall
desk-wall-pair-lead = Open this address on the big screen and type the code it shows.
desk-wall-pair-code = Code on the wall
desk-wall-pair-name = What you call it
desk-wall-pair-name-usual = the big room
desk-wall-pair-height = Height of the picture, in centimetres
desk-wall-pair-distance = The last chair, in metres
desk-wall-pair-do = Link it

desk-resume-title = Show the screens again?
desk-resume-nothing = Nothing was written meanwhile.
desk-resume-lead = This will appear:
desk-resume-new = New: { $words }
desk-resume-changed = Now reads: { $words }
desk-resume-gone = Gone: { $words }
desk-resume-yes = Show the screens again
desk-resume-no = Stay paused
desk-paused = The screens are paused. Walls and phones show “We are taking a break”. You can go on writing: what will appear is listed before they come back.

desk-close-title = Close the conference?
desk-close-lead = Every wall and screen clears. Codes and links end. This cannot be undone.
desk-close-open = Still open:
desk-close-yes = Close it
desk-close-no = Go on
desk-closed = The conference is closed. The desk can still be read.

desk-open-quote = A quote has not been read back: { $words }
desk-open-offers = { $count ->
    [one] 1 offered note waits
   *[other] { $count } offered notes wait
}
desk-open-opinion = An opinion without its basis: { $words }
desk-open-who = Who does it? { $row }
desk-open-when = By when? { $row }
desk-open-contingency = { $field } is empty
desk-open-not-convened = Not convened yet
desk-open-quorum = { $count ->
    [0] No agency is here yet. Three are usual.
    [one] One agency is here. Three are usual.
   *[other] { $count } agencies are here. Three are usual.
  }
desk-open-talk = { $name } wants to talk about: { $row }
desk-open-held = { $count ->
    [one] 1 line is held
   *[other] { $count } lines are held
}

desk-recording = Recording notice
desk-set-aside = The disk has damaged a sheet. It is kept as it is, and nobody can read it or write on it. Everything else goes on. Ask whoever runs the flipchart to restore it from a backup.
desk-recording-is = An audio recording is running. It is kept: { $kept }
desk-recording-title = Is an audio recording running?
desk-recording-lead = The flipchart records nothing itself. It shows a notice on all screens.
desk-recording-kept = Where it is kept
desk-recording-on = Show the notice
desk-recording-off = No recording is running

desk-correct-child = Correct { $name }’s name

desk-keys-title = The desk by keyboard
desk-key-pause = Pause the screens, show them again
desk-key-mirrored = Others can see this screen
desk-key-help = This list
desk-key-new = Write a note
desk-key-undo = Undo my last
desk-key-move = Move the line up or down
desk-key-move-to = Move the line to another section
desk-key-section = Section 1 to 9, the plan is 0
desk-key-page = Wall: page back, page on
desk-key-other = Mapping: write on the other side
desk-key-next = Next phase
desk-key-enter = Keep the line, start the next
desk-key-escape = Leave the line
desk-key-close = Close the list

desk-remote-note-words = A note for { $section }
desk-remote-note-add = Put it on the sheet
desk-remote-full = The whole desk
desk-remote-short = Remote control
desk-loading = One moment
desk-resume-late = This page was opened during the pause. What was written before it was opened is not listed: look over the sheets first.
desk-open-count = Still open, { $count }

plan-offered-change = About the row: { $row }
